package dev.weft.ipn;

import dev.weft.base.IpPrefix;
import dev.weft.json.JsonType;
import dev.weft.json.JsonTypes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One setting of a node: its name on the wire and the type of its value. [Prefs] is a value for
/// each of these, [MaskedPrefs] for some. The constants stand in the order in which the peer writes
/// them (`docs/protocol/services.md` §6.5).
public final class Pref<T> {
  private static final List<Pref<?>> ALL = new ArrayList<>();
  private static final Map<String, Pref<?>> BY_LOWER_NAME = new HashMap<>(); // for look-ups only

  public static final Pref<String> CONTROL_URL = text("ControlURL");

  /// Accept the subnet routes that peers advertise.
  public static final Pref<Boolean> ROUTE_ALL = flag("RouteAll");

  public static final Pref<String> EXIT_NODE_ID = text("ExitNodeID");
  public static final Pref<String> EXIT_NODE_IP = text("ExitNodeIP");
  public static final Pref<String> AUTO_EXIT_NODE = text("AutoExitNode").omittedWhenEmpty();
  public static final Pref<String> INTERNAL_EXIT_NODE_PRIOR = text("InternalExitNodePrior");
  public static final Pref<Boolean> EXIT_NODE_ALLOW_LAN_ACCESS = flag("ExitNodeAllowLANAccess");

  /// Accept the DNS configuration of the tailnet.
  public static final Pref<Boolean> CORP_DNS = flag("CorpDNS");

  public static final Pref<Boolean> RUN_SSH = flag("RunSSH");
  public static final Pref<Boolean> RUN_WEB_CLIENT = flag("RunWebClient");
  public static final Pref<Boolean> WANT_RUNNING = flag("WantRunning");
  public static final Pref<Boolean> LOGGED_OUT = flag("LoggedOut");
  public static final Pref<Boolean> SHIELDS_UP = flag("ShieldsUp");
  public static final Pref<List<String>> ADVERTISE_TAGS = texts("AdvertiseTags");
  public static final Pref<String> HOSTNAME = text("Hostname");
  public static final Pref<Boolean> NOTEPAD_URLS = flag("NotepadURLs");
  public static final Pref<Boolean> FORCE_DAEMON = flag("ForceDaemon").omittedWhenEmpty();
  public static final Pref<List<IpPrefix>> ADVERTISE_ROUTES = prefixes("AdvertiseRoutes");
  public static final Pref<List<String>> ADVERTISE_SERVICES = texts("AdvertiseServices");
  public static final Pref<OptionalBool> SYNC = optional("Sync");
  public static final Pref<Boolean> NO_SNAT = flag("NoSNAT");
  public static final Pref<OptionalBool> NO_STATEFUL_FILTERING =
      optional("NoStatefulFiltering").omittedWhenEmpty();

  /// 0 off, 1 leave the hooks to the administrator, 2 on.
  public static final Pref<Integer> NETFILTER_MODE = number("NetfilterMode");

  public static final Pref<String> OPERATOR_USER = text("OperatorUser").omittedWhenEmpty();
  public static final Pref<String> PROFILE_NAME = text("ProfileName").omittedWhenEmpty();
  public static final Pref<Boolean> AUTO_UPDATE_CHECK = flag("AutoUpdate.Check");
  public static final Pref<OptionalBool> AUTO_UPDATE_APPLY = optional("AutoUpdate.Apply");
  public static final Pref<Boolean> APP_CONNECTOR_ADVERTISE = flag("AppConnector.Advertise");
  public static final Pref<Boolean> POSTURE_CHECKING = flag("PostureChecking");
  public static final Pref<String> NETFILTER_KIND = text("NetfilterKind");
  public static final Pref<Boolean> REMOTE_CONFIG = flag("RemoteConfig");

  private final String name;
  private final JsonType<T> type;
  private final T zero;
  private final int index;
  private boolean omitEmpty;

  private Pref(String name, JsonType<T> type, T zero) {
    this.name = name;
    this.type = type;
    this.zero = zero;
    this.index = ALL.size();
    ALL.add(this);
    BY_LOWER_NAME.put(name.toLowerCase(Locale.ROOT), this);
  }

  /// Every setting, in wire order.
  public static List<Pref<?>> all() {
    return Collections.unmodifiableList(ALL);
  }

  static @Nullable Pref<?> byLowerName(String lowerName) {
    return BY_LOWER_NAME.get(lowerName);
  }

  /// The name on the wire; a dot separates the object from the field inside it.
  public String name() {
    return name;
  }

  /// The object that the field is in on the wire; empty for the settings at the top.
  String object() {
    int dot = name.indexOf('.');
    return dot < 0 ? "" : name.substring(0, dot);
  }

  /// The name of the field inside its object.
  String field() {
    return name.substring(name.indexOf('.') + 1);
  }

  /// What the setting is when nobody set it and no default applies: empty, false, zero.
  public T zero() {
    return zero;
  }

  JsonType<T> type() {
    return type;
  }

  int index() {
    return index;
  }

  boolean omitEmpty() {
    return omitEmpty;
  }

  @Override
  public String toString() {
    return name;
  }

  private Pref<T> omittedWhenEmpty() {
    omitEmpty = true;
    return this;
  }

  private static Pref<String> text(String name) {
    return new Pref<>(name, JsonTypes.STRING, "");
  }

  private static Pref<Boolean> flag(String name) {
    return new Pref<>(name, JsonTypes.BOOL, false);
  }

  private static Pref<OptionalBool> optional(String name) {
    return new Pref<>(name, OptionalBool.JSON, OptionalBool.UNSET);
  }

  private static Pref<Integer> number(String name) {
    return new Pref<>(name, JsonTypes.INT, 0);
  }

  private static Pref<List<String>> texts(String name) {
    return new Pref<>(name, IpnTypes.STRINGS, List.of());
  }

  private static Pref<List<IpPrefix>> prefixes(String name) {
    return new Pref<>(name, IpnTypes.PREFIXES, List.of());
  }
}

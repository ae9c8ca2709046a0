package dev.weft.cli;

import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.ipn.OptionalBool;
import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The settings that people change by flags (`docs/protocol/services.md` §7.3): those that `up`,
/// `login` and `set` have in common, then those of one of them.
final class Settings {
  private static final IpPrefix ALL_V4 = IpPrefix.parse("0.0.0.0/0");
  private static final IpPrefix ALL_V6 = IpPrefix.parse("::/0");
  private static final String AUTO = "auto:";
  private static final List<String> NETFILTER_MODES = List.of("off", "nodivert", "on");

  private final FlagSet flags;
  private final Map<String, Setting> all = new LinkedHashMap<>();

  private Settings(FlagSet flags) {
    this.flags = flags;
  }

  /// Adds the flags of `up` and `login`.
  static Settings ofUp(FlagSet flags) {
    Settings settings = new Settings(flags);
    settings.loginServer();
    settings.shared();
    settings.advertisedTags();
    return settings;
  }

  /// Adds the flags of `set`, which are the settings that `get` shows.
  static Settings ofSet(FlagSet flags) {
    Settings settings = new Settings(flags);
    settings.shared();
    settings.onlyOfSet();
    return settings;
  }

  private void shared() {
    hostname();
    onOff("accept-dns", true, "use the DNS configuration of the tailnet", Pref.CORP_DNS);
    onOff("accept-routes", false, "use the subnet routes that peers advertise", Pref.ROUTE_ALL);
    onOff("shields-up", false, "refuse connections from the tailnet", Pref.SHIELDS_UP);
    text(
        "operator",
        "USER",
        "a user of this machine who may run the node without sudo",
        Pref.OPERATOR_USER);
    routing();
    onOff("ssh", false, "run an SSH server for the tailnet", Pref.RUN_SSH);
    onOff("report-posture", false, "let control ask what this device is", Pref.POSTURE_CHECKING);
    netfilter();
  }

  private void routing() {
    exitNode();
    onOff(
        "exit-node-allow-lan-access",
        false,
        "reach the local network while an exit node is used",
        Pref.EXIT_NODE_ALLOW_LAN_ACCESS);
    advertisedRoutes();
    onOff(
        "advertise-connector", false, "offer to be an app connector", Pref.APP_CONNECTOR_ADVERTISE);
    inverted(
        "snat-subnet-routes",
        true,
        "translate the source address of what is forwarded to subnets",
        Pref.NO_SNAT);
    Flag<Boolean> stateful =
        flags.flag("stateful-filtering", false, "filter forwarded packets by connection");
    add(
        stateful,
        List.of(Pref.NO_STATEFUL_FILTERING),
        prefs ->
            prefs.with(
                Pref.NO_STATEFUL_FILTERING,
                stateful.value() ? OptionalBool.FALSE : OptionalBool.TRUE),
        prefs -> prefs.value(Pref.NO_STATEFUL_FILTERING) == OptionalBool.FALSE);
  }

  private void onlyOfSet() {
    withNickname();
    onOff("update-check", true, "say when there is a newer version", Pref.AUTO_UPDATE_CHECK);
    Flag<Boolean> update = flags.flag("auto-update", false, "install newer versions");
    add(
        update,
        List.of(Pref.AUTO_UPDATE_APPLY),
        prefs ->
            prefs.with(
                Pref.AUTO_UPDATE_APPLY, update.value() ? OptionalBool.TRUE : OptionalBool.FALSE),
        prefs -> prefs.value(Pref.AUTO_UPDATE_APPLY) == OptionalBool.TRUE);
    onOff("webclient", false, "show a web page for this node to the tailnet", Pref.RUN_WEB_CLIENT);
  }

  void withNickname() {
    text("nickname", "NAME", "what to call this login", Pref.PROFILE_NAME);
  }

  List<Setting> all() {
    return List.copyOf(all.values());
  }

  /// The setting of a flag; empty when it has none.
  Optional<Setting> find(String name) {
    return Optional.ofNullable(all.get(name));
  }

  /// What the flags ask for, on top of `base`; a flag that was not given has its default.
  Prefs applyAll(Prefs base) throws Failure {
    Prefs prefs = base;
    for (Setting setting : all.values()) {
      prefs = setting.into().apply(prefs);
    }
    return prefs;
  }

  private void add(
      Flag<?> flag, List<Pref<?>> prefs, Setting.Change into, Function<Prefs, Object> from) {
    all.put(flag.name(), new Setting(flag, prefs, into, from));
  }

  private void onOff(String name, boolean initial, String usage, Pref<Boolean> pref) {
    Flag<Boolean> flag = flags.flag(name, initial, usage);
    add(flag, List.of(pref), prefs -> prefs.with(pref, flag.value()), prefs -> prefs.value(pref));
  }

  private void inverted(String name, boolean initial, String usage, Pref<Boolean> pref) {
    Flag<Boolean> flag = flags.flag(name, initial, usage);
    add(flag, List.of(pref), prefs -> prefs.with(pref, !flag.value()), prefs -> !prefs.value(pref));
  }

  private void text(String name, String placeholder, String usage, Pref<String> pref) {
    Flag<String> flag = flags.text(name, placeholder, "", usage);
    add(flag, List.of(pref), prefs -> prefs.with(pref, flag.value()), prefs -> prefs.value(pref));
  }

  private void loginServer() {
    Flag<String> flag =
        flags.text(
            "login-server", "URL", "", "the control server, such as https://control.example.com");
    add(
        flag,
        List.of(Pref.CONTROL_URL),
        prefs -> prefs.with(Pref.CONTROL_URL, url(flag.value())),
        Prefs::controlUrl);
  }

  private static String url(String url) throws Failure {
    if (url.isEmpty() || url.startsWith("https://") || url.startsWith("http://")) {
      return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }
    throw Failure.of(
        "--login-server: \"" + url + "\" is no URL; it begins with https:// or http://");
  }

  private void hostname() {
    Flag<String> flag =
        flags.text("hostname", "NAME", "", "the name to ask for instead of the machine's");
    add(
        flag,
        List.of(Pref.HOSTNAME),
        prefs -> prefs.with(Pref.HOSTNAME, checkedHostname(flag.value())),
        Prefs::hostname);
  }

  private static String checkedHostname(String name) throws Failure {
    boolean fits = name.length() <= 63 && !name.startsWith("-") && !name.endsWith("-");
    for (int i = 0; i < name.length() && fits; i++) {
      char c = name.charAt(i);
      fits = c == '-' || c < 128 && Character.isLetterOrDigit(c);
    }
    if (!fits) {
      throw Failure.of(
          "--hostname: \""
              + name
              + "\" is no host name: at most 63 letters, digits and hyphens, no hyphen at an end");
    }
    return name;
  }

  private void netfilter() {
    Flag<String> flag =
        flags.text("netfilter-mode", "MODE", "on", "on, nodivert or off; of use with a TUN device");
    add(
        flag,
        List.of(Pref.NETFILTER_MODE),
        prefs -> {
          int mode = NETFILTER_MODES.indexOf(flag.value());
          if (mode < 0) {
            throw Failure.of("--netfilter-mode: \"" + flag.value() + "\": on, nodivert or off");
          }
          return prefs.with(Pref.NETFILTER_MODE, mode);
        },
        prefs -> {
          int mode = prefs.value(Pref.NETFILTER_MODE);
          return mode >= 0 && mode < NETFILTER_MODES.size()
              ? NETFILTER_MODES.get(mode)
              : Integer.toString(mode);
        });
  }

  private void exitNode() {
    Flag<String> flag =
        flags.text(
            "exit-node", "IP", "", "send traffic for the internet through this node, or auto:any");
    add(
        flag,
        List.of(Pref.EXIT_NODE_ID, Pref.EXIT_NODE_IP, Pref.AUTO_EXIT_NODE),
        prefs -> withExitNode(prefs, flag.value()),
        prefs -> {
          String auto = prefs.value(Pref.AUTO_EXIT_NODE);
          String ip = prefs.value(Pref.EXIT_NODE_IP);
          return !auto.isEmpty() ? AUTO + auto : ip.isEmpty() ? prefs.value(Pref.EXIT_NODE_ID) : ip;
        });
  }

  private static Prefs withExitNode(Prefs prefs, String node) throws Failure {
    boolean auto = node.startsWith(AUTO);
    if (!auto && !node.isEmpty() && Ip.tryParse(node).isEmpty()) {
      throw Failure.of(
          "--exit-node: \"" + node + "\": name it by its tailnet address, or say auto:any");
    }
    return prefs
        .with(Pref.EXIT_NODE_ID, "")
        .with(Pref.EXIT_NODE_IP, auto ? "" : node)
        .with(Pref.AUTO_EXIT_NODE, auto ? node.substring(AUTO.length()) : "");
  }

  /// Two flags for one preference: an exit node is a node that offers the route to everywhere.
  private void advertisedRoutes() {
    Flag<String> subnets =
        flags.text(
            "advertise-routes", "CIDRS", "", "subnets to offer to the tailnet, comma-separated");
    add(
        subnets,
        List.of(Pref.ADVERTISE_ROUTES),
        prefs -> {
          List<IpPrefix> routes = new ArrayList<>(routes(subnets.value()));
          routes.addAll(toEverywhere(prefs));
          return prefs.with(Pref.ADVERTISE_ROUTES, routes);
        },
        prefs -> {
          List<IpPrefix> routes = new ArrayList<>(prefs.advertiseRoutes());
          routes.removeAll(toEverywhere(prefs));
          return joined(routes);
        });
    Flag<Boolean> everywhere =
        flags.flag("advertise-exit-node", false, "offer the way to the internet to the tailnet");
    add(
        everywhere,
        List.of(Pref.ADVERTISE_ROUTES),
        prefs -> {
          List<IpPrefix> routes = new ArrayList<>(prefs.advertiseRoutes());
          routes.removeAll(List.of(ALL_V4, ALL_V6));
          if (everywhere.value()) {
            routes.addAll(List.of(ALL_V4, ALL_V6));
          }
          return prefs.with(Pref.ADVERTISE_ROUTES, routes);
        },
        prefs -> !toEverywhere(prefs).isEmpty());
  }

  private static List<IpPrefix> toEverywhere(Prefs prefs) {
    List<IpPrefix> found = new ArrayList<>(prefs.advertiseRoutes());
    found.retainAll(List.of(ALL_V4, ALL_V6));
    return found;
  }

  private static List<IpPrefix> routes(String list) throws Failure {
    List<IpPrefix> routes = new ArrayList<>();
    for (String text : split(list)) {
      Optional<IpPrefix> route = IpPrefix.tryParse(text);
      if (route.isEmpty()) {
        throw Failure.of("\"" + text + "\" is not a valid IP address or CIDR prefix");
      }
      if (!route.get().masked().equals(route.get())) {
        throw Failure.of(text + " has non-address bits set; expected " + route.get().masked());
      }
      routes.add(route.get());
    }
    return routes;
  }

  private void advertisedTags() {
    Flag<String> flag =
        flags.text(
            "advertise-tags", "TAGS", "", "tags to ask for, comma-separated, such as tag:server");
    add(
        flag,
        List.of(Pref.ADVERTISE_TAGS),
        prefs -> prefs.with(Pref.ADVERTISE_TAGS, tags(flag.value())),
        prefs -> joined(prefs.advertiseTags()));
  }

  private static List<String> tags(String list) throws Failure {
    List<String> tags = new ArrayList<>();
    for (String text : split(list)) {
      String tag = text.indexOf(':') < 0 ? "tag:" + text : text;
      if (!isTag(tag)) {
        throw Failure.of(
            "tag: \""
                + tag
                + "\": a tag is tag: and a name that begins with a letter and has letters, digits and hyphens");
      }
      tags.add(tag);
    }
    return tags;
  }

  private static boolean isTag(String tag) {
    if (!tag.startsWith("tag:") || tag.length() == "tag:".length()) {
      return false;
    }
    for (int i = "tag:".length(); i < tag.length(); i++) {
      char c = tag.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      boolean later = c >= '0' && c <= '9' || c == '-';
      if (!letter && !(later && i > "tag:".length())) {
        return false;
      }
    }
    return true;
  }

  private static String joined(List<?> values) {
    StringBuilder out = new StringBuilder();
    for (Object value : values) {
      out.append(out.isEmpty() ? "" : ",").append(value);
    }
    return out.toString();
  }

  private static List<String> split(String list) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    while (from < list.length()) {
      int comma = list.indexOf(',', from);
      int end = comma < 0 ? list.length() : comma;
      if (end > from) {
        parts.add(list.substring(from, end).strip());
      }
      from = end + 1;
    }
    return parts;
  }
}

package dev.weft.ipn;

import dev.weft.base.IpPrefix;
import dev.weft.json.JsonType;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The settings of a node: one value for each [Pref], and who is logged in. Immutable; [#with]
/// gives a changed copy.
public final class Prefs {
  public static final JsonType<Prefs> JSON = new PrefsJson();

  /// Every setting at its zero value. Not what a fresh node has: see [#defaults].
  public static final Prefs ZERO = new Prefs(zeros(), null);

  private static final Prefs DEFAULTS =
      ZERO.with(Pref.CORP_DNS, true)
          .with(Pref.NETFILTER_MODE, 2)
          .with(Pref.NO_STATEFUL_FILTERING, OptionalBool.TRUE)
          .with(Pref.AUTO_UPDATE_CHECK, true);

  private final Object[] values; // by Pref.index(); never modified after construction
  private final @Nullable Persist persist;

  private Prefs(Object[] values, @Nullable Persist persist) {
    this.values = values;
    this.persist = persist;
  }

  /// What a node starts with (`docs/protocol/services.md` §6.5).
  public static Prefs defaults() {
    return DEFAULTS;
  }

  @SuppressWarnings("unchecked") // with() admits only a T
  public <T> T value(Pref<T> pref) {
    return (T) values[pref.index()];
  }

  /// A copy with one setting changed.
  public <T> Prefs with(Pref<T> pref, T value) {
    Object[] copy = values.clone();
    copy[pref.index()] = value instanceof List<?> list ? List.copyOf(list) : value;
    return new Prefs(copy, persist);
  }

  /// A copy for another login; null after a logout.
  public Prefs withPersist(@Nullable Persist newPersist) {
    return new Prefs(values, newPersist);
  }

  /// A copy with the setting taken from `other`.
  <T> Prefs withFrom(Prefs other, Pref<T> pref) {
    return with(pref, other.value(pref));
  }

  /// Who is logged in, as far as a local program may know; null when nobody is.
  public @Nullable Persist persist() {
    return persist;
  }

  public String controlUrl() {
    return value(Pref.CONTROL_URL);
  }

  public String hostname() {
    return value(Pref.HOSTNAME);
  }

  public String operatorUser() {
    return value(Pref.OPERATOR_USER);
  }

  public boolean wantRunning() {
    return value(Pref.WANT_RUNNING);
  }

  public boolean loggedOut() {
    return value(Pref.LOGGED_OUT);
  }

  public boolean corpDns() {
    return value(Pref.CORP_DNS);
  }

  public boolean routeAll() {
    return value(Pref.ROUTE_ALL);
  }

  public boolean shieldsUp() {
    return value(Pref.SHIELDS_UP);
  }

  public boolean runSsh() {
    return value(Pref.RUN_SSH);
  }

  public List<String> advertiseTags() {
    return value(Pref.ADVERTISE_TAGS);
  }

  public List<IpPrefix> advertiseRoutes() {
    return value(Pref.ADVERTISE_ROUTES);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Prefs that
        && Arrays.equals(values, that.values)
        && Objects.equals(persist, that.persist);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "Prefs" + Arrays.toString(values);
  }

  private static Object[] zeros() {
    List<Pref<?>> all = Pref.all();
    Object[] zeros = new Object[all.size()];
    for (Pref<?> pref : all) {
      zeros[pref.index()] = pref.zero();
    }
    return zeros;
  }
}

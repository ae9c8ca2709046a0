package dev.weft.runtime.backend;

import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Notify;
import dev.weft.ipn.Options;
import dev.weft.ipn.Persist;
import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.State;
import dev.weft.runtime.control.ControlProblem;
import dev.weft.runtime.control.LoginRequest;
import dev.weft.runtime.control.LoginState;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.UserProfile;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The decisions of the backend: which state the node is in, and what follows from a change.
///
/// It owns the preferences, where the login stands, the latest network map and the state that
/// follows from them (`docs/protocol/control.md §4.5`). The caller hands over what happened, with
/// the wall time, one call at a time, and carries out what [Output] is told, in that order; at
/// [#nextTimeout()] it calls [#handleTimeout]. It does no I/O, reads no clock and keeps no thread.
final class BackendCore {
  /// What is to be done.
  interface Output {
    void savePrefs(Prefs prefs);

    /// Opens a session with this control server, in place of the one there was.
    void openControl(String url);

    void login(LoginRequest request);

    void pauseControl();

    void resumeControl();

    /// What we tell control of ourselves has changed.
    void report();

    /// The data plane works with this from now on.
    ///
    /// @throws IllegalArgumentException when the map cannot be used; what ran before goes on
    void run(NetworkMap map, Prefs prefs);

    /// The data plane stops: nothing is sent, nobody is answered.
    void halt();

    void keepMap(NetworkMap map);

    void forgetMap();

    void publish(Notify.Builder event);
  }

  private final boolean ephemeral;
  private Prefs prefs;
  private boolean haveNodeKey;
  private boolean controlOpen;
  private String openUrl = "";
  private @Nullable NetworkMap map;
  private boolean fromCache;
  private State state = State.NO_STATE;
  private String authUrl = "";
  private String authKey = "";
  private boolean keyLoginRuns;
  private boolean wantFreshKey;
  private boolean expiredBefore;
  private @Nullable ControlProblem problem;
  private boolean connected;

  /// @param ephemeral the node's state ends with the process
  BackendCore(Prefs prefs, boolean haveNodeKey, boolean ephemeral) {
    this.prefs = prefs;
    this.haveNodeKey = haveNodeKey;
    this.ephemeral = ephemeral;
  }

  Prefs prefs() {
    return prefs;
  }

  State state() {
    return state;
  }

  Optional<NetworkMap> map() {
    return Optional.ofNullable(map);
  }

  /// Whether the map is the one kept from an earlier life, and control has not spoken yet.
  boolean isFromCache() {
    return fromCache;
  }

  boolean haveNodeKey() {
    return haveNodeKey;
  }

  String authUrl() {
    return authUrl;
  }

  Optional<ControlProblem> problem() {
    return Optional.ofNullable(problem);
  }

  /// Once, at the start of the daemon.
  ///
  /// @param cached the network map of an earlier life
  /// @param key an auth key from the environment or the settings file, used when there is no node
  ///   key yet; or empty
  void begin(Instant now, Optional<NetworkMap> cached, String key, Output out) {
    authKey = key;
    if (!key.isEmpty() && !haveNodeKey) {
      change(prefs.with(Pref.WANT_RUNNING, true).with(Pref.LOGGED_OUT, false), out);
    }
    if (prefs.wantRunning() && !prefs.loggedOut()) {
      if (haveNodeKey) {
        cached.ifPresent(kept -> adopt(kept, true));
      }
      connect(now, out);
    }
    settle(now, out);
  }

  void edit(Instant now, MaskedPrefs edit, Output out) {
    applyPrefs(now, edit.applyTo(prefs), out);
    settle(now, out);
  }

  /// `up`: the settings as a whole, and perhaps a key.
  void start(Instant now, Options options, Output out) {
    authKey = options.authKey();
    Prefs given = options.updatePrefs();
    boolean loggingIn = given != null && applyPrefs(now, given.withPersist(prefs.persist()), out);
    if (!loggingIn && prefs.wantRunning() && (haveNodeKey || !authKey.isEmpty())) {
      openIfNeeded(out);
      if (!options.authKey().isEmpty() || state == State.NEEDS_LOGIN) {
        login(out);
      }
    }
    settle(now, out);
  }

  /// A person, or the key given before, is to log in anew.
  void loginInteractive(Instant now, Output out) {
    openIfNeeded(out);
    if (keyLoginRuns) {
      return; // the first login of a new node with its key is under way: a second would spend a
      // one-off key twice
    }
    if (!authUrl.isEmpty()) {
      out.publish(Notify.builder().browseToUrl(authUrl));
      return;
    }
    out.login(new LoginRequest(authKey, true, ephemeral, ""));
    settle(now, out);
  }

  /// The part of a logout that is ours; telling control is the caller's.
  void logout(Instant now, Output out) {
    authKey = "";
    handleLogin(now, new LoginState.LoggedOut(), out);
  }

  void handleLogin(Instant now, LoginState login, Output out) {
    switch (login) {
      case LoginState.AwaitingUser waiting -> {
        keyLoginRuns = false; // the key did not do
        authUrl = waiting.authUrl();
        settle(now, out);
        out.publish(Notify.builder().browseToUrl(authUrl));
      }
      case LoginState.LoggedIn in -> loggedIn(now, in, out);
      case LoginState.LoggedOut _ -> loggedOut(now, out);
    }
  }

  private void loggedIn(Instant now, LoginState.LoggedIn in, Output out) {
    authUrl = "";
    haveNodeKey = true;
    keyLoginRuns = false;
    wantFreshKey = false;
    authKey = ""; // spent: a later login is a person's
    UserProfile user =
        UserProfile.builder()
            .id(in.user().id())
            .loginName(in.login().loginName())
            .displayName(in.login().displayName())
            .profilePicUrl(in.login().profilePicUrl())
            .build();
    String nodeId = map == null ? "" : map.self().stableId();
    change(
        prefs
            .with(Pref.WANT_RUNNING, true)
            .with(Pref.LOGGED_OUT, false)
            .withPersist(new Persist(user, nodeId)),
        out);
    out.publish(Notify.builder().loginFinished(true));
    settle(now, out);
  }

  private void loggedOut(Instant now, Output out) {
    authUrl = "";
    haveNodeKey = false;
    keyLoginRuns = false;
    dropMap(out);
    out.forgetMap();
    change(prefs.with(Pref.WANT_RUNNING, false).with(Pref.LOGGED_OUT, true).withPersist(null), out);
    settle(now, out);
  }

  void handleMap(Instant now, NetworkMap next, Output out) {
    runIfAllowed(now, next, out); // first: what cannot be used is neither kept nor shown
    adopt(next, false);
    out.keepMap(next);
    Persist login = prefs.persist();
    if (login != null && !login.nodeId().equals(next.self().stableId())) {
      change(prefs.withPersist(new Persist(login.userProfile(), next.self().stableId())), out);
    }
    settle(now, out);
  }

  void handleProblem(ControlProblem trouble) {
    problem = trouble;
    if (trouble.needsUser()) {
      keyLoginRuns = false;
      authUrl = ""; // a login that was turned down is begun anew, with another page
    }
  }

  void handleRecovered() {
    problem = null;
  }

  /// @param live whether a relay or a peer is connected: Running waits for one of them
  void handleConnectivity(Instant now, boolean live, Output out) {
    connected = live;
    settle(now, out);
  }

  void handleTimeout(Instant now, Output out) {
    settle(now, out);
  }

  /// When the node key expires; [Instant#MAX] for nothing to wait for.
  Instant nextTimeout() {
    if (map == null || !prefs.wantRunning() || expiredBefore) {
      return Instant.MAX;
    }
    Instant expiry = map.self().keyExpiry();
    return expiry == null ? Instant.MAX : expiry;
  }

  /// Answers whether a login was begun.
  private boolean applyPrefs(Instant now, Prefs next, Output out) {
    Prefs before = prefs;
    change(next, out);
    if (controlOpen && !url(next).equals(openUrl)) {
      return changeServer(now, out);
    }
    if (next.wantRunning() && !before.wantRunning() && (haveNodeKey || controlOpen)) {
      return connect(now, out);
    }
    if (!next.wantRunning() && before.wantRunning()) {
      out.pauseControl();
      connected = false;
      out.halt();
    } else if (!next.equals(before) && controlOpen) {
      out.report();
      rerun(now, out);
    }
    return false;
  }

  /// Another server knows nothing of this node: neither the map nor the key of the old one are of
  /// use there.
  private boolean changeServer(Instant now, Output out) {
    dropMap(out);
    out.forgetMap();
    controlOpen = false;
    wantFreshKey = true;
    authUrl = "";
    problem = null;
    return prefs.wantRunning() && haveNodeKey && connect(now, out);
  }

  /// Comes up: with the map there is, until control sends another.
  private boolean connect(Instant now, Output out) {
    boolean wasOpen = controlOpen;
    openIfNeeded(out);
    boolean begin = !wasOpen && (haveNodeKey || !authKey.isEmpty());
    if (begin) {
      login(out);
    }
    rerun(now, out);
    return begin;
  }

  private void login(Output out) {
    keyLoginRuns = !haveNodeKey;
    out.login(new LoginRequest(authKey, wantFreshKey, ephemeral, ""));
  }

  private void openIfNeeded(Output out) {
    String url = url(prefs);
    if (controlOpen && url.equals(openUrl)) {
      out.resumeControl();
      return;
    }
    out.openControl(url);
    controlOpen = true;
    openUrl = url;
  }

  private void rerun(Instant now, Output out) {
    if (map != null) {
      runIfAllowed(now, map, out);
    }
  }

  private void runIfAllowed(Instant now, NetworkMap next, Output out) {
    if (prefs.wantRunning() && !isExpired(now, next)) {
      out.run(next, prefs);
    }
  }

  private void adopt(NetworkMap next, boolean cached) {
    map = next;
    fromCache = cached;
    expiredBefore = false;
  }

  private void dropMap(Output out) {
    map = null;
    fromCache = false;
    connected = false;
    out.halt();
  }

  private void change(Prefs next, Output out) {
    if (!next.equals(prefs)) {
      prefs = next;
      out.savePrefs(next);
      out.publish(Notify.builder().prefs(next));
    }
  }

  private void settle(Instant now, Output out) {
    if (map != null && prefs.wantRunning() && isExpired(now) && !expiredBefore) {
      expiredBefore = true;
      connected = false;
      out.halt(); // peers have dropped the key by now
    }
    State next = nextState(now);
    if (next != state) {
      state = next;
      out.publish(Notify.builder().state(next));
    }
  }

  private State nextState(Instant now) {
    if (map == null) {
      return withoutMap();
    }
    if (!prefs.wantRunning()) {
      return State.STOPPED;
    }
    if (isExpired(now)) {
      return State.NEEDS_LOGIN;
    }
    if (!map.self().machineAuthorized()) {
      return State.NEEDS_MACHINE_AUTH;
    }
    // Once running, a lost relay is a matter of health, not of state.
    return connected || state == State.RUNNING ? State.RUNNING : State.STARTING;
  }

  private State withoutMap() {
    if (!authUrl.isEmpty() || prefs.loggedOut() || !(haveNodeKey || keyLoginRuns)) {
      return State.NEEDS_LOGIN;
    }
    return prefs.wantRunning() ? State.STARTING : State.STOPPED;
  }

  private boolean isExpired(Instant now) {
    return map != null && isExpired(now, map);
  }

  private static boolean isExpired(Instant now, NetworkMap map) {
    Node self = map.self();
    Instant expiry = self.keyExpiry();
    return self.expired() || (expiry != null && !now.isBefore(expiry));
  }

  /// The login server these settings name.
  static String url(Prefs prefs) {
    return prefs.controlUrl().isEmpty() ? ControlLink.DEFAULT_URL : prefs.controlUrl();
  }
}

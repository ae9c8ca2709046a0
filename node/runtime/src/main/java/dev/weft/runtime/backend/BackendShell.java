package dev.weft.runtime.backend;

import dev.weft.ipn.HealthState;
import dev.weft.ipn.LoginProfile;
import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Notify;
import dev.weft.ipn.Options;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.State;
import dev.weft.ipn.Status;
import dev.weft.json.RawJson;
import dev.weft.keys.NodePrivateKey;
import dev.weft.runtime.backend.NodeBackend.Parts;
import dev.weft.runtime.control.ControlEvents;
import dev.weft.runtime.control.ControlProblem;
import dev.weft.runtime.control.LoginRequest;
import dev.weft.runtime.control.LoginState;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.runtime.localapi.BackendException;
import dev.weft.runtime.localapi.NotifyBus;
import dev.weft.runtime.state.StateException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// [BackendCore] with a lock around it and everything that it acts on.
///
/// What happens is handed to the core under one lock, and what the core wants done is done under
/// it, so that control, the data plane and the watchers see changes in one order. What others read
/// is in a [Snapshot], replaced before they are told.
final class BackendShell {
  private static final Logger LOG = LoggerFactory.getLogger(BackendShell.class);
  private static final Duration SAVE_AGAIN = Duration.ofSeconds(10);
  private static final HealthState NO_WARNINGS = new HealthState(Collections.emptySortedMap());

  /// A moment of the backend, read without the lock.
  record Snapshot(
      State state,
      Prefs prefs,
      String authUrl,
      boolean haveNodeKey,
      HealthState health,
      Directory directory,
      List<LoginProfile> profiles,
      String profileId) {}

  private final Parts parts;
  private BackendCore core; // guarded by this
  private final ProfileBook profiles; // guarded by this
  private final Outputs outputs = new Outputs(); // guarded by this
  private final StoredPrefs storedPrefs;
  private final MapCache mapCache;
  private final Reports reports;
  private final Unsaved unsaved = new Unsaved(); // guarded by this
  private boolean willSaveAgain; // guarded by this
  private boolean closed; // guarded by this
  private final NotifyBus bus;
  private @Nullable DataPlane plane; // set once, before begin
  private @Nullable ControlLink control; // guarded by this
  private int sessions; // guarded by this: sessions with control so far
  private @Nullable Runnable cancelTimer; // guarded by this
  private Instant timerAt = Instant.MAX; // guarded by this
  private @Nullable String relayProblem; // guarded by this
  private @Nullable String relayNotice; // guarded by this
  private volatile Snapshot snapshot;

  /// @param status the present status, for the first event of a watch
  BackendShell(Parts parts, Supplier<Status> status) throws StateException {
    this.parts = parts;
    this.storedPrefs = new StoredPrefs(parts.store());
    this.mapCache = new MapCache(parts.store());
    this.reports = new Reports(parts.version());
    this.profiles = ProfileBook.load(parts.store(), parts.entropy());
    this.core = core();
    this.snapshot =
        new Snapshot(
            State.NO_STATE,
            core.prefs(),
            "",
            core.haveNodeKey(),
            NO_WARNINGS,
            Directory.EMPTY,
            profiles.all(),
            profiles.currentId());
    this.bus = new NotifyBus(parts.version(), parts.entropy(), new Present(status));
  }

  /// The core as what is stored makes it.
  private BackendCore core() throws StateException {
    return new BackendCore(
        storedPrefs.load(), parts.identity().nodeKey().isPresent(), parts.store().isEphemeral());
  }

  Snapshot snapshot() {
    return snapshot;
  }

  NotifyBus bus() {
    return bus;
  }

  synchronized Optional<ControlLink> control() {
    return Optional.ofNullable(control);
  }

  synchronized void begin(DataPlane dataPlane) {
    plane = dataPlane;
    Instant now = parts.clock().instant();
    core.begin(now, mapCache.load(now), parts.authKey(), outputs);
    keepUpProfiles(core.map().map(m -> Directory.of(m, false)).orElse(Directory.EMPTY));
    settle();
  }

  synchronized void close() {
    closed = true;
    if (cancelTimer != null) {
      cancelTimer.run();
    }
    closeControl();
  }

  /// Something outside the core has changed that health speaks of.
  synchronized void refresh() {
    settle();
  }

  private synchronized void networkChanged() {
    if (control != null) {
      control.reconnect();
    }
  }

  /// Something that control sees has changed outside the core.
  synchronized void report() {
    outputs.report();
  }

  Prefs edit(MaskedPrefs change, boolean funnelOn) throws BackendException {
    return command(now -> {
      PrefsCheck.checkKnown(change);
      PrefsCheck.check(change.applyTo(core.prefs()), funnelOn);
      core.edit(now, change, outputs);
    });
  }

  void start(Options options) throws BackendException {
    command(now -> core.start(now, options, outputs));
  }

  void loginInteractive() throws BackendException {
    command(now -> core.loginInteractive(now, outputs));
  }

  /// Tells control, and forgets the login here whether control answers or not.
  void logout() throws BackendException {
    String problem = "";
    Optional<ControlLink> session = sessionForLogout();
    try {
      if (session.isPresent()) {
        session.get().logout();
      }
    } catch (IOException e) {
      problem = "logged out here, but control could not be told: " + e.getMessage();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    command(now -> core.logout(now, outputs));
    if (!problem.isEmpty()) {
      throw new BackendException(problem);
    }
  }

  private synchronized Optional<ControlLink> sessionForLogout() {
    if (control == null && core.haveNodeKey()) {
      outputs.openControl(BackendCore.url(core.prefs()));
    }
    return Optional.ofNullable(control);
  }

  /// A change of which login is in use.
  @FunctionalInterface
  interface LoginChange {
    void apply(ProfileBook profiles) throws StateException;
  }

  /// Lets go of the login in use, makes the change, and begins anew with what is then stored. When
  /// the change cannot be stored that is the login of before.
  void changeLogin(LoginChange change) throws BackendException {
    Collection<String> endedSessions = List.of();
    try {
      synchronized (this) {
        unsaved.retry(); // what waits to be saved is of the login in use
        closeControl();
        outputs.halt();
        relayProblem = null;
        StateException failure = null;
        try {
          change.apply(profiles);
          mapCache.clear();
          endedSessions = parts.serve().reload();
        } catch (StateException e) {
          failure = e;
        }
        core = core();
        outputs.publish(Notify.builder().prefs(core.prefs()));
        core.begin(parts.clock().instant(), Optional.empty(), "", outputs);
        settle();
        if (failure != null) {
          throw failure;
        }
      }
    } catch (StateException e) {
      throw new BackendException(String.valueOf(e.getMessage()));
    }
    endedSessions.forEach(bus::end);
  }

  /// Forgets a login that is not in use.
  synchronized void forgetLogin(String id) throws BackendException {
    try {
      profiles.delete(id);
      settle();
    } catch (StateException e) {
      throw new BackendException(String.valueOf(e.getMessage()));
    }
  }

  @FunctionalInterface
  private interface Command {
    void run(Instant now) throws BackendException;
  }

  private synchronized Prefs command(Command command) throws BackendException {
    outputs.failure = null;
    command.run(parts.clock().instant());
    settle();
    BackendException failure = outputs.failure;
    outputs.failure = null;
    if (failure != null) {
      throw failure;
    }
    return core.prefs();
  }

  // What follows from a change. All under the lock.

  /// Replaces the snapshot before anybody is told, then tells, then sets the timer.
  private void settle() {
    Directory before = snapshot.directory();
    Optional<NetworkMap> map = core.map();
    boolean same =
        map.equals(before.map()) && core.prefs().routeAll() == snapshot.prefs().routeAll();
    Directory directory =
        same
            ? before
            : map.map(m -> Directory.of(m, core.prefs().routeAll())).orElse(Directory.EMPTY);
    HealthState health =
        HealthBook.of(
            parts.clock().instant(),
            core.state(),
            core.problem(),
            map,
            core.isFromCache(),
            relayProblem,
            relayNotice,
            parts.store().problem());
    boolean healthChanged = !health.equals(snapshot.health());
    if (!core.prefs().equals(snapshot.prefs()) || !sameTailnet(directory, before)) {
      keepUpProfiles(directory);
    }
    snapshot =
        new Snapshot(
            core.state(),
            core.prefs(),
            core.authUrl(),
            core.haveNodeKey(),
            health,
            directory,
            profiles.all(),
            profiles.currentId());
    List<Notify.Builder> events = List.copyOf(outputs.events);
    outputs.events.clear();
    events.forEach(bus::publish);
    if (!same) {
      MapChanges.between(before.map(), map).forEach(bus::publish);
    }
    if (healthChanged) {
      bus.publish(Notify.builder().health(health));
    }
    schedule();
    scheduleSaving();
  }

  private static boolean sameTailnet(Directory a, Directory b) {
    return a.suffix().equals(b.suffix())
        && a.map().map(NetworkMap::domain).equals(b.map().map(NetworkMap::domain));
  }

  private void keepUpProfiles(Directory directory) {
    outputs.keep(
        "profiles",
        () ->
            profiles.keepUp(
                parts.clock().instant(), core.prefs(), directory.map(), directory.suffix()));
  }

  private void schedule() {
    Instant next = core.nextTimeout();
    if (next.equals(timerAt)) {
      return;
    }
    if (cancelTimer != null) {
      cancelTimer.run();
      cancelTimer = null;
    }
    timerAt = next;
    if (!next.equals(Instant.MAX)) {
      cancelTimer = parts.timer().at(next, this::timeout);
    }
  }

  private synchronized void timeout() {
    timerAt = Instant.MAX;
    cancelTimer = null;
    core.handleTimeout(parts.clock().instant(), outputs);
    settle();
  }

  private void closeControl() {
    sessions++; // what the session still tells is not heard
    if (control != null) {
      control.close();
      control = null;
    }
  }

  private final class Outputs implements BackendCore.Output {
    private final List<Notify.Builder> events = new ArrayList<>();
    private @Nullable BackendException failure;

    @Override
    public void savePrefs(Prefs prefs) {
      keep("prefs", () -> storedPrefs.save(prefs));
    }

    @Override
    public void openControl(String url) {
      closeControl();
      try {
        control = parts.control().open(URI.create(url), new ControlTells(sessions));
        report();
      } catch (IllegalArgumentException _) {
        failure = new BackendException("not the URL of a control server: " + url);
      }
    }

    @Override
    public void login(LoginRequest request) {
      if (control != null) {
        control.login(request);
      }
    }

    @Override
    public void pauseControl() {
      if (control != null) {
        control.pause();
      }
    }

    @Override
    public void resumeControl() {
      if (control != null) {
        control.resume();
      }
    }

    @Override
    public void report() {
      if (control != null && plane != null) {
        control.report(reports.report(core.prefs(), plane, parts.serve().config()));
      }
    }

    @Override
    public void run(NetworkMap map, Prefs prefs) {
      Optional<NodePrivateKey> key = parts.identity().nodeKey();
      if (plane != null && key.isPresent()) {
        plane.run(key.get(), map, prefs);
      }
    }

    @Override
    public void halt() {
      if (plane != null) {
        plane.halt();
      }
    }

    @Override
    public void keepMap(NetworkMap map) {
      keep("map", () -> mapCache.save(map));
    }

    @Override
    public void forgetMap() {
      keep("map", mapCache::clear);
    }

    @Override
    public void publish(Notify.Builder event) {
      events.add(event);
    }

    /// A full disk must not stop a node that works: it is said, the change holds until the restart,
    /// and is written as soon as that can be done.
    private void keep(String kind, Unsaved.Write write) {
      try {
        unsaved.write(kind, write);
      } catch (StateException e) {
        LOG.error("{}", e.getMessage());
        failure =
            new BackendException(
                e.getMessage() + "; the change holds, but is not saved until that can be written");
      }
    }
  }

  /// Something could not be saved, here or by others: whether it can be now is tried until it can.
  private void scheduleSaving() {
    if (!willSaveAgain && parts.store().problem().isPresent()) {
      willSaveAgain = true;
      parts.timer().at(parts.clock().instant().plus(SAVE_AGAIN), this::saveAgain);
    }
  }

  private synchronized void saveAgain() {
    willSaveAgain = false;
    if (closed) {
      return;
    }
    try {
      unsaved.retry();
      parts.store().rewrite();
      LOG.info("the state can be saved again");
    } catch (StateException e) {
      LOG.debug("still not saved: {}", e.getMessage());
    }
    settle();
  }

  /// What control tells. A session that has been replaced still may say a last word: it is not
  /// heard.
  private final class ControlTells implements ControlEvents {
    private final int session;

    ControlTells(int session) {
      this.session = session;
    }

    @Override
    public void onNetworkMap(NetworkMap map) {
      change(now -> core.handleMap(now, map, outputs));
    }

    @Override
    public void onLogin(LoginState state) {
      change(now -> core.handleLogin(now, state, outputs));
    }

    /// The key is stored already; the map that follows sets it to work.
    @Override
    public void onNodeKey(NodePrivateKey key) {
      change(now -> core.map().ifPresent(map -> outputs.run(map, core.prefs())));
    }

    @Override
    public void onProblem(ControlProblem problem) {
      LOG.warn("control: {}", problem.message());
      change(_ -> core.handleProblem(problem));
    }

    @Override
    public void onRecovered() {
      change(_ -> core.handleRecovered());
    }

    @Override
    public void onBrowse(String url) {
      change(_ -> outputs.publish(Notify.builder().browseToUrl(url)));
    }

    private void change(Consumer<Instant> action) {
      synchronized (BackendShell.this) {
        if (session == sessions) {
          action.accept(parts.clock().instant());
          settle();
        }
      }
    }
  }

  /// The data plane must not wait for the lock: a write to disk may be going on under it.
  final class PlaneEvents implements DataPlane.Listener {
    @Override
    public void onConnectivity(boolean live) {
      later(() -> core.handleConnectivity(parts.clock().instant(), live, outputs));
    }

    @Override
    public void onReport() {
      later(outputs::report);
    }

    @Override
    public void onLinkChanged() {
      later(BackendShell.this::networkChanged);
    }

    @Override
    public void onRelay(@Nullable String problem) {
      later(() -> relayProblem = problem);
    }

    @Override
    public void onRelayNotice(@Nullable String notice) {
      later(() -> relayNotice = notice);
    }

    private void later(Runnable action) {
      parts
          .timer()
          .at(
              Instant.MIN,
              () -> {
                synchronized (BackendShell.this) {
                  action.run();
                  settle();
                }
              });
    }
  }

  private final class Present implements NotifyBus.Present {
    private final Supplier<Status> status;

    Present(Supplier<Status> status) {
      this.status = status;
    }

    @Override
    public State state() {
      return snapshot.state();
    }

    @Override
    public String authUrl() {
      return snapshot.authUrl();
    }

    @Override
    public Prefs prefs() {
      return snapshot.prefs();
    }

    @Override
    public HealthState health() {
      return snapshot.health();
    }

    @Override
    public Status status() {
      return status.get();
    }

    @Override
    public @Nullable RawJson netMap() {
      return snapshot.directory().map().map(MapJson::ofNames).orElse(null);
    }
  }
}

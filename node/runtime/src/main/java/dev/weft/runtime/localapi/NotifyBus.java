package dev.weft.runtime.localapi;

import dev.weft.base.Entropy;
import dev.weft.ipn.HealthState;
import dev.weft.ipn.Notify;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.State;
import dev.weft.ipn.Status;
import dev.weft.ipn.WatchOption;
import dev.weft.json.RawJson;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The event stream between a backend and its watchers.
///
/// The backend publishes events from any thread; each watcher hears them in the order of
/// publishing, after a first event with the present state as far as it asked for it. The bus keeps
/// no events: a watcher that cannot keep up has to queue and to give up by itself.
public final class NotifyBus {
  private static final Set<WatchOption> WITH_FIRST_EVENT =
      EnumSet.of(
          WatchOption.INITIAL_STATE,
          WatchOption.INITIAL_PREFS,
          WatchOption.INITIAL_NET_MAP,
          WatchOption.INITIAL_HEALTH_STATE,
          WatchOption.INITIAL_STATUS);
  private static final int SESSION_ID_BYTES = 8;

  /// The present state, for first events. Read while the bus is locked: an implementation reads
  /// snapshots and takes no lock. The backend replaces a snapshot before it publishes the change.
  public interface Present {
    State state();

    /// Where a person may log the node in; empty when that is not asked for.
    String authUrl();

    Prefs prefs();

    HealthState health();

    Status status();

    /// What whoever may read sees of the network map: this node and how names are looked up; null
    /// while there is none.
    @Nullable RawJson netMap();
  }

  private final String version;
  private final Entropy entropy;
  private final Present present;
  private final Map<String, Session> sessions = new LinkedHashMap<>(); // guarded by this

  public NotifyBus(String version, Entropy entropy, Present present) {
    this.version = version;
    this.entropy = entropy;
    this.present = present;
  }

  /// Begins a watch.
  ///
  /// @param whenClosed told the session's ID once, when the watcher closes the watch or the backend
  ///   ends it
  public synchronized LocalBackend.Watch watch(
      Set<WatchOption> options, LocalBackend.Watcher watcher, Consumer<String> whenClosed) {
    String id = HexFormat.of().formatHex(entropy.bytes(SESSION_ID_BYTES));
    Session session = new Session(id, Set.copyOf(options), watcher, whenClosed);
    sessions.put(id, session);
    Notify first = first(id, options);
    if (first != null) {
      watcher.on(first);
    }
    return session;
  }

  /// Tells every watcher that wants it. Traffic counters and changes of peers go only to watchers
  /// that ask for them, so each of the two is published alone. The bus fills in the version.
  public synchronized void publish(Notify.Builder event) {
    Notify notify = event.version(version).build();
    for (Session session : List.copyOf(sessions.values())) {
      if (session.wants(notify)) {
        session.watcher.on(notify);
      }
    }
  }

  /// Ends one watch, as when its foreground configuration was removed. Answers false when there is
  /// no such watch.
  public boolean end(String sessionId) {
    Session session;
    synchronized (this) {
      session = sessions.get(sessionId);
    }
    if (session == null) {
      return false;
    }
    session.watcher.ended();
    session.close();
    return true;
  }

  /// Whether a watch of this ID runs: a foreground configuration of any other session is void.
  public synchronized boolean isWatching(String sessionId) {
    return sessions.containsKey(sessionId);
  }

  private @Nullable Notify first(String id, Set<WatchOption> options) {
    if (options.stream().noneMatch(WITH_FIRST_EVENT::contains)) {
      return null;
    }
    Notify.Builder first = Notify.builder().version(version);
    if (options.contains(WatchOption.INITIAL_STATE)) {
      first.sessionId(id).state(present.state());
      if (present.state() == State.NEEDS_LOGIN && !present.authUrl().isEmpty()) {
        first.browseToUrl(present.authUrl());
      }
    }
    if (options.contains(WatchOption.INITIAL_PREFS)) {
      first.prefs(present.prefs());
    }
    if (options.contains(WatchOption.INITIAL_HEALTH_STATE)) {
      first.health(present.health());
    }
    if (options.contains(WatchOption.INITIAL_STATUS)) {
      first.initialStatus(present.status());
    }
    if (options.contains(WatchOption.INITIAL_NET_MAP)) {
      first.netMap(present.netMap());
    }
    return first.build();
  }

  private synchronized boolean remove(Session session) {
    return sessions.remove(session.id, session);
  }

  private final class Session implements LocalBackend.Watch {
    private final String id;
    private final Set<WatchOption> options;
    private final LocalBackend.Watcher watcher;
    private final Consumer<String> whenClosed;

    Session(
        String id,
        Set<WatchOption> options,
        LocalBackend.Watcher watcher,
        Consumer<String> whenClosed) {
      this.id = id;
      this.options = options;
      this.watcher = watcher;
      this.whenClosed = whenClosed;
    }

    boolean wants(Notify event) {
      if (event.engine() != null) {
        return options.contains(WatchOption.ENGINE_UPDATES);
      }
      if (!event.peersChanged().isEmpty() || !event.peersRemoved().isEmpty()) {
        return options.contains(WatchOption.PEER_CHANGES)
            || options.contains(WatchOption.PEER_PATCHES);
      }
      return true;
    }

    @Override
    public String sessionId() {
      return id;
    }

    @Override
    public void close() {
      if (remove(this)) {
        whenClosed.accept(id);
      }
    }
  }
}

package dev.weft.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The connections that share one node key: one, unless a machine was cloned or an old connection
/// has not ended yet. Only the one that last wrote receives (`docs/protocol/dataplane.md §5.4`, the
/// default of derper 1.103); but who receives changes once in [#HOLD_NANOS] at most, so that clones
/// do not tear a stream apart between them.
///
/// An old connection that still writes when a newer one has settled belongs to another machine: the
/// key is contested, and both are to be told.
///
/// Called on any thread.
///
/// @param <C> a connection
final class ClientSet<C> {
  /// Of one key; a newer connection ends the one that wrote longest ago.
  static final int MAX_CONNECTIONS = 8;

  static final long HOLD_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// By when they last wrote; the last one is active.
  private final List<C> connections = new ArrayList<>();

  private long activeSince;
  private boolean contested;
  private volatile @Nullable C active;
  private volatile boolean shared;

  /// A new connection is active at once.
  ///
  /// @return the connection that has to end for it, if there were too many
  synchronized Optional<C> add(C connection, long now) {
    connections.add(connection);
    activeSince = now;
    Optional<C> surplus =
        connections.size() > MAX_CONNECTIONS
            ? Optional.of(connections.removeFirst())
            : Optional.empty();
    changed();
    return surplus;
  }

  /// @return whether none is left
  synchronized boolean remove(C connection) {
    connections.remove(connection);
    changed();
    return connections.isEmpty();
  }

  /// Whether [#noteWrite] has anything to decide.
  boolean isShared() {
    return shared;
  }

  /// A connection has written: it is the one in use.
  ///
  /// @return whether this has just shown that the key is contested
  boolean noteWrite(C connection, long now) {
    return shared && !connection.equals(active) && activate(connection, now);
  }

  private synchronized boolean activate(C connection, long now) {
    if (now - activeSince < HOLD_NANOS || !connections.remove(connection)) {
      return false;
    }
    connections.add(connection);
    activeSince = now;
    changed();
    boolean news = !contested;
    contested = true;
    return news;
  }

  synchronized boolean isContested() {
    return contested;
  }

  /// Whether a contest has just ended because one connection is left.
  synchronized boolean settled() {
    boolean settled = contested && connections.size() == 1;
    contested &= !settled;
    return settled;
  }

  synchronized List<C> connections() {
    return List.copyOf(connections);
  }

  /// Who receives; null when nobody is left.
  @Nullable C active() {
    return active;
  }

  private void changed() {
    active = connections.isEmpty() ? null : connections.getLast();
    shared = connections.size() > 1;
  }
}

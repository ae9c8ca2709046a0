package dev.weft.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The connections that share one node key: one, unless a machine was cloned or an old connection
/// has not ended yet. Only the one that last wrote receives (`docs/protocol/dataplane.md §5.4`, the
/// default of derper 1.103).
///
/// Called on any thread.
///
/// @param <C> a connection
final class ClientSet<C> {
  /// Of one key; a newer connection ends the one that wrote longest ago.
  static final int MAX_CONNECTIONS = 8;

  /// By when they last wrote; the last one is active.
  private final List<C> connections = new ArrayList<>();

  private volatile @Nullable C active;
  private volatile boolean shared;

  /// A new connection is active at once.
  ///
  /// @return the connection that has to end for it, if there were too many
  synchronized Optional<C> add(C connection) {
    connections.add(connection);
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

  /// A connection has written: it is the one in use.
  void noteWrite(C connection) {
    if (shared && !connection.equals(active)) {
      activate(connection);
    }
  }

  private synchronized void activate(C connection) {
    if (connections.remove(connection)) {
      connections.add(connection);
      changed();
    }
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

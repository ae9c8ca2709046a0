package dev.weft.relay;

import dev.weft.keys.NodeKey;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Who is connected. Called on any thread.
///
/// @param <C> a connection
final class Clients<C> {
  private final ConcurrentHashMap<NodeKey, ClientSet<C>> byKey = new ConcurrentHashMap<>();

  /// @return the connection of the same key that has to end for this one
  Optional<C> add(NodeKey key, C connection, long now) {
    Surplus<C> surplus = new Surplus<>();
    byKey.compute(
        key,
        (_, set) -> {
          ClientSet<C> known = set == null ? new ClientSet<>() : set;
          surplus.found = known.add(connection, now);
          return known;
        });
    return surplus.found;
  }

  /// @return whether it was the last of its key
  boolean remove(NodeKey key, C connection) {
    return byKey.computeIfPresent(key, (_, set) -> set.remove(connection) ? null : set) == null;
  }

  /// The connections of a key. A set that was found stays valid until its last one leaves; then its
  /// [ClientSet#active] is null for good.
  @Nullable ClientSet<C> find(NodeKey key) {
    return byKey.get(key);
  }

  /// The keys that are connected, as they are while this is read.
  Set<NodeKey> keys() {
    return Collections.unmodifiableSet(byKey.keySet());
  }

  int size() {
    return byKey.size();
  }

  private static final class Surplus<C> {
    Optional<C> found = Optional.empty();
  }
}

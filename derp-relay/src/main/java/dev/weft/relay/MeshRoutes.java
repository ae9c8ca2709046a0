package dev.weft.relay;

import dev.weft.keys.NodeKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// At which other relays of the region clients are. A client that is at several, as for a moment
/// while it changes, is reached through the one that has had it longest
/// (`docs/protocol/dataplane.md §5.4`), so that its packets do not take turns.
///
/// As large as what the relays tell; [MeshLink] bounds that. Called on any thread.
///
/// @param <R> a connection to another relay
final class MeshRoutes<R> {
  /// Longest known first; never empty.
  private final ConcurrentHashMap<NodeKey, List<R>> byClient = new ConcurrentHashMap<>();

  void add(NodeKey client, R relay) {
    byClient.compute(
        client,
        (_, known) -> {
          if (known == null) {
            return List.of(relay);
          }
          if (known.contains(relay)) {
            return known;
          }
          List<R> more = new ArrayList<>(known);
          more.add(relay);
          return List.copyOf(more);
        });
  }

  /// @return whether the client is now at none of them
  boolean remove(NodeKey client, R relay) {
    return byClient.computeIfPresent(
            client,
            (_, known) -> {
              List<R> left = known.stream().filter(other -> !other.equals(relay)).toList();
              return left.isEmpty() ? null : left;
            })
        == null;
  }

  @Nullable R find(NodeKey client) {
    List<R> known = byClient.get(client);
    return known == null ? null : known.getFirst();
  }

  boolean isEmpty() {
    return byClient.isEmpty();
  }

  int size() {
    return byClient.size();
  }
}

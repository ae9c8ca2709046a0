package dev.weft.runtime.backend;

import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import dev.weft.runtime.control.MapFold;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.runtime.state.StateException;
import dev.weft.runtime.state.StateStore;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.Node;
import java.time.Instant;
import java.util.Optional;

/// The last network map on disk, from which a node starts while control is away. Kept only where
/// the tailnet allows it (`docs/protocol/control.md §5.7`, `cache-network-maps`).
final class MapCache {
  private static final String FILE = "weft.netmap";
  private static final String ALLOW = "cache-network-maps";
  private static final String FORBID = "disable-cache-network-maps";

  private final StateStore store;

  MapCache(StateStore store) {
    this.store = store;
  }

  /// Empty when there is none, or it cannot be read: control will send another.
  Optional<NetworkMap> load(Instant now) {
    Optional<byte[]> bytes = store.readCache(FILE);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      return new MapFold().fold(Json.decode(MapResponse.JSON, bytes.get()), now);
    } catch (MalformedJson _) {
      return Optional.empty();
    }
  }

  void save(NetworkMap map) throws StateException {
    Node self = map.self();
    if (self.hasCap(ALLOW) && !self.hasCap(FORBID)) {
      store.writeCache(FILE, Json.encode(MapResponse.JSON, map.asMapResponse()));
    } else {
      clear();
    }
  }

  void clear() throws StateException {
    store.removeCache(FILE);
  }
}

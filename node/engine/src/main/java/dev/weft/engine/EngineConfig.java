package dev.weft.engine;

import dev.weft.base.Ip;
import dev.weft.engine.filter.FilterConfig;
import java.util.List;

/// What a node works with, from its network map and settings.
///
/// @param addresses the node's own tailnet addresses
/// @param peers every peer of the map
public record EngineConfig(List<Ip> addresses, List<PeerConfig> peers, FilterConfig filter) {
  public EngineConfig {
    addresses = List.copyOf(addresses);
    peers = List.copyOf(peers);
  }
}

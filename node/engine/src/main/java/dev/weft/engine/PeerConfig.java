package dev.weft.engine;

import dev.weft.base.IpPrefix;
import dev.weft.engine.magicsock.PeerPaths;
import dev.weft.keys.NodeKey;
import java.util.List;

/// A peer: how to reach it, and which addresses are its.
///
/// @param allowedIps what is routed to it, and the only sources it may use; its own addresses first
public record PeerConfig(PeerPaths paths, List<IpPrefix> allowedIps) {
  public PeerConfig {
    allowedIps = List.copyOf(allowedIps);
  }

  public NodeKey key() {
    return paths.key();
  }
}

package dev.weft.engine.magicsock;

import dev.weft.base.Endpoint;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.NodeKey;
import java.util.List;

/// What the network map says of how to reach a peer.
///
/// @param disco zero when the peer has not told one: it is then reached by relay only
/// @param endpoints where it says it may be reached over UDP
/// @param homeDerp the region of its home relay; 0 when it has none
/// @param expired its key has expired: nothing is sent to it
public record PeerPaths(
    NodeKey key, DiscoKey disco, List<Endpoint> endpoints, int homeDerp, boolean expired) {
  public PeerPaths {
    endpoints = List.copyOf(endpoints);
  }

  PeerPaths withDisco(DiscoKey other) {
    return disco.equals(other) ? this : new PeerPaths(key, other, endpoints, homeDerp, expired);
  }
}

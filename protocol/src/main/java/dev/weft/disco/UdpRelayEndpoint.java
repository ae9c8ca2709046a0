package dev.weft.disco;

import dev.weft.base.Endpoint;
import dev.weft.keys.DiscoKey;
import java.util.List;

/// A place where a peer relay joins two clients (`docs/protocol/dataplane.md` §2.2, §3.11).
///
/// @param server the relay's own disco key, which is not that of the node it runs on
/// @param clientA with `clientB` the pair that may meet here, in ascending order
/// @param lamportId orders allocations of one server: the larger is newer; unsigned
/// @param bindLifetimeNanos how long an unbound endpoint lives
/// @param steadyStateLifetimeNanos how long a bound one lives without traffic
/// @param addresses where the relay listens; at least one
public record UdpRelayEndpoint(
    DiscoKey server,
    DiscoKey clientA,
    DiscoKey clientB,
    long lamportId,
    int vni,
    long bindLifetimeNanos,
    long steadyStateLifetimeNanos,
    List<Endpoint> addresses) {
  public UdpRelayEndpoint {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("a relay endpoint needs an address");
    }
  }
}

package dev.weft.netstack;

import dev.weft.base.Ip;
import java.util.HashMap;
import java.util.Map;

/// Counts connections whose handshake is not complete, all and by remote address, against a flood
/// of SYNs.
///
/// One remote may have two thirds of the limit, as with the real client
/// (`docs/protocol/dataplane.md` §8).
final class HalfOpen {
  private final int limit;
  private final Map<Ip, Integer> byRemote = new HashMap<>();
  private int all;

  HalfOpen(int limit) {
    this.limit = limit;
  }

  boolean hasRoom(Ip remote) {
    return all < limit && byRemote.getOrDefault(remote, 0) < Math.max(1, limit / 3 * 2);
  }

  void enter(TcpConnection c) {
    c.countsAsHalfOpen = true;
    all++;
    byRemote.merge(remote(c), 1, Integer::sum);
  }

  void leave(TcpConnection c) {
    c.countsAsHalfOpen = false;
    all--;
    byRemote.compute(remote(c), (ip, count) -> count == null || count == 1 ? null : count - 1);
  }

  int count() {
    return all;
  }

  private static Ip remote(TcpConnection c) {
    return Route.ip(c.remoteHigh, c.remoteLow);
  }
}

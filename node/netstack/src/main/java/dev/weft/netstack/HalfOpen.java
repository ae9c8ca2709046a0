package dev.weft.netstack;

import dev.weft.base.Ip;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Counts connections whose handshake is not complete, all and by remote address, against a flood
/// of SYNs.
///
/// One remote may have two thirds of the limit, as with the real client
/// (`docs/protocol/dataplane.md` §8); its SYNs beyond that are dropped. When the limit is reached
/// by several together, the handshake that has waited longest for its last acknowledgment makes
/// room: a flood pushes its own out, while a peer that answers within the time in which the flood
/// fills the table gets through. Connections that the application has not decided on are not pushed
/// out.
final class HalfOpen {
  private final int limit;
  private final Map<Ip, Integer> byRemote = new HashMap<>();

  /// Those that have sent their SYN-ACK, the oldest first.
  private final LinkedHashSet<TcpConnection> answered = new LinkedHashSet<>();

  private int all;

  HalfOpen(int limit) {
    this.limit = limit;
  }

  boolean isFull() {
    return all >= limit;
  }

  boolean hasRoomFor(Ip remote) {
    return byRemote.getOrDefault(remote, 0) < Math.max(1, limit / 3 * 2);
  }

  /// The one to give up when all places are taken; null when all wait for the application.
  @Nullable TcpConnection oldestAnswered() {
    return answered.isEmpty() ? null : answered.getFirst();
  }

  void enter(TcpConnection c) {
    c.countsAsHalfOpen = true;
    all++;
    byRemote.merge(remote(c), 1, Integer::sum);
  }

  /// Its SYN-ACK is due: from now on it waits for the peer.
  void answer(TcpConnection c) {
    answered.add(c);
  }

  void leave(TcpConnection c) {
    c.countsAsHalfOpen = false;
    all--;
    answered.remove(c);
    byRemote.compute(remote(c), (ip, count) -> count == null || count == 1 ? null : count - 1);
  }

  int count() {
    return all;
  }

  private static Ip remote(TcpConnection c) {
    return Route.ip(c.remoteHigh, c.remoteLow);
  }
}

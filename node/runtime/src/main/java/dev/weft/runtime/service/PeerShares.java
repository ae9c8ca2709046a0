package dev.weft.runtime.service;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/// How much of something bounded each peer's address holds, so that one peer cannot have it all.
/// Called on one thread. What is taken must be released, once.
final class PeerShares {
  private final int limit;
  private final Map<InetAddress, Integer> held = new HashMap<>(); // look-ups only

  PeerShares(int limit) {
    this.limit = limit;
  }

  boolean isSpent(InetAddress peer) {
    return held.getOrDefault(peer, 0) >= limit;
  }

  void take(InetAddress peer) {
    held.merge(peer, 1, Integer::sum);
  }

  void release(InetAddress peer) {
    held.computeIfPresent(peer, (_, n) -> n == 1 ? null : n - 1);
  }
}

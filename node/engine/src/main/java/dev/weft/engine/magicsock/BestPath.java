package dev.weft.engine.magicsock;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;

/// The direct path in use.
///
/// @param latencyNanos of its latest pong, round trip
/// @param trustUntil until when that pong vouches for it
record BestPath(Endpoint endpoint, long latencyNanos, long trustUntil) {
  boolean isTrusted(long now) {
    return now < trustUntil;
  }

  /// Whether `a` is worth leaving `b` for: `betterAddr` of `docs/protocol/dataplane.md` §3.6.
  ///
  /// The faster one gets its lead in per cent; addresses that stay close to home and IPv6 get a
  /// bonus. A lead of one point is noise, and switching costs.
  static boolean isBetter(Endpoint a, long latencyA, Endpoint b, long latencyB) {
    long pointsA = locality(a.ip()) + lead(latencyA, latencyB);
    long pointsB = locality(b.ip()) + lead(latencyB, latencyA);
    if (pointsA <= 1 && pointsB == 0) {
      return false;
    }
    return pointsA > pointsB;
  }

  private static long lead(long latency, long other) {
    return other > latency && other > 0 ? (other - latency) * 100 / other : 0;
  }

  private static long locality(Ip ip) {
    long points = ip.isV6() ? 10 : 0;
    if (ip.isLoopback()) {
      return points + 50;
    }
    if (ip.isLinkLocal()) {
      return points + 30;
    }
    return ip.isPrivate() ? points + 20 : points;
  }
}

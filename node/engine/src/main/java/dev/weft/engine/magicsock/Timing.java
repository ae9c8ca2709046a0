package dev.weft.engine.magicsock;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

/// The constants of `docs/protocol/dataplane.md` §3.1, in nanoseconds. Peers run on the same ones,
/// so they are part of the protocol more than a matter of taste.
final class Timing {
  /// How long after the last data a peer counts as in use: heartbeats go on that long.
  static final long SESSION_ACTIVE = SECONDS.toNanos(45);

  static final long HEARTBEAT_INTERVAL = SECONDS.toNanos(3);

  /// One discovery ping to one address at most this often.
  static final long DISCO_PING_INTERVAL = SECONDS.toNanos(5);

  /// A ping in answer to the peer's, to one address at most this often. Our own: the official
  /// client waits for its next discovery round, up to 6 s.
  static final long PING_BACK_INTERVAL = SECONDS.toNanos(1);

  static final long PING_TIMEOUT = SECONDS.toNanos(5);

  /// How long one pong vouches for a path: two heartbeats may be lost.
  static final long TRUST_UDP = MILLISECONDS.toNanos(6_500);

  /// A direct path at least this fast is not worth improving.
  static final long GOOD_ENOUGH_LATENCY = MILLISECONDS.toNanos(5);

  /// How often to look for a better path than one that is not good enough.
  static final long UPGRADE_INTERVAL = SECONDS.toNanos(60);

  /// Own endpoints older than this are looked up again before a peer is told about them: the
  /// mapping in a router may be gone.
  static final long ENDPOINTS_FRESH = SECONDS.toNanos(27);

  private Timing() {}
}

package dev.weft.engine.magicsock;

import dev.weft.base.Endpoint;
import dev.weft.disco.TxId;
import org.jspecify.annotations.Nullable;

/// An address where a peer may be, and on whose word.
final class Candidate {
  static final long NEVER = Long.MIN_VALUE / 2;

  final Endpoint endpoint;

  /// The network map lists it.
  boolean mapped;

  /// The peer's latest call-me-maybe lists it.
  boolean called;

  /// When a ping of the peer last came from it.
  long heard = NEVER;

  /// When we last pinged it for discovery.
  long pinged = NEVER;

  /// When a ping that came from it last made us ping it.
  long pingedBack = NEVER;

  /// The last ping that came from it: one that comes twice is answered once.
  @Nullable TxId lastPing;

  Candidate(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  boolean mayBePinged(long now) {
    return now - pinged >= Timing.DISCO_PING_INTERVAL;
  }

  /// Our own ping may have been lost at a filter that the peer's has opened only now, so this does
  /// not wait for the discovery interval.
  boolean mayBePingedBack(long now) {
    return now - pingedBack >= Timing.PING_BACK_INTERVAL;
  }

  /// Whether anything still speaks for it.
  boolean isCurrent(long now) {
    return mapped || called || now - heard < Timing.SESSION_ACTIVE;
  }
}

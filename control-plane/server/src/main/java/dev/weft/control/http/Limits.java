package dev.weft.control.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What all connections of the process share, and how much of it there is.
final class Limits {
  /// A register or map request takes a few KiB; routes and services can make it larger.
  static final int MAX_BODY = 256 * 1024;

  /// Of all requests that are being received or answered. When it is used up, requests are refused
  /// with 503.
  static final long MAX_BODIES = 64L * 1024 * 1024;

  /// A node has two or three (`docs/protocol/control.md` §2.6). When reached, new connections are
  /// closed.
  static final int MAX_CONNECTIONS = 20_000;

  private final AtomicLong bodyBytes = new AtomicLong();
  private final AtomicInteger connections = new AtomicInteger();

  boolean reserveBody(int bytes) {
    if (bodyBytes.addAndGet(bytes) <= MAX_BODIES) {
      return true;
    }
    bodyBytes.addAndGet(-bytes);
    return false;
  }

  void releaseBody(int bytes) {
    bodyBytes.addAndGet(-bytes);
  }

  boolean enter() {
    if (connections.incrementAndGet() <= MAX_CONNECTIONS) {
      return true;
    }
    connections.decrementAndGet();
    return false;
  }

  void leave() {
    connections.decrementAndGet();
  }
}

package dev.weft.control.http;

import dev.weft.transport.limit.ConnectionLimits;
import java.util.concurrent.atomic.AtomicLong;

/// What all connections of the process share, and how much of it there is.
final class Limits {
  /// A register or map request takes a few KiB; routes and services can make it larger.
  static final int MAX_BODY = 256 * 1024;

  /// Of all requests that are being received or answered, as long as their bodies are needed. When
  /// it is used up, requests are refused with 503.
  static final long MAX_BODIES = 64L * 1024 * 1024;

  /// A node has two or three (`docs/protocol/control.md` §2.6). When reached, new connections are
  /// closed.
  private static final int MAX_CONNECTIONS = 20_000;

  /// Hundreds of nodes may sit behind one address.
  private static final int MAX_CONNECTIONS_OF_A_PLACE = 2_000;

  final ConnectionLimits connections =
      new ConnectionLimits(MAX_CONNECTIONS, MAX_CONNECTIONS_OF_A_PLACE);

  /// The same by the places that trusted fronts name.
  final ConnectionLimits forwarded =
      new ConnectionLimits(MAX_CONNECTIONS, MAX_CONNECTIONS_OF_A_PLACE);

  private final AtomicLong bodyBytes = new AtomicLong();

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

  /// What is reserved now.
  long reservedBytes() {
    return bodyBytes.get();
  }
}

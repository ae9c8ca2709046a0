package dev.weft.control.http;

import dev.weft.transport.limit.ConnectionLimits;

/// What all connections of the process share, and how much of it there is.
final class Limits {
  /// A register or map request takes a few KiB; routes and services can make it larger.
  static final int MAX_BODY = 256 * 1024;

  /// Bytes of all requests that are being received or answered, as long as they are needed. One
  /// takes three times as many for a moment: a buffer that grew, and the copy that is handed over.
  /// So all of them fit a heap of 160 MB, and thousands of real requests fit in. When it is used
  /// up, requests are refused with 503.
  static final int MAX_REQUESTS = 16 * 1024 * 1024;

  /// Hundreds of real requests at a time.
  static final int MAX_REQUESTS_OF_A_PLACE = MAX_REQUESTS / 8;

  /// Streams of all connections, each of which takes some KiB before it asks for anything. A node
  /// has one that lasts. When reached, new ones are refused.
  static final int MAX_STREAMS = 20_000;

  /// As many as there can be connections of a place, and to spare.
  private static final int MAX_STREAMS_OF_A_PLACE = 5_000;

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

  final ConnectionLimits streams = new ConnectionLimits(MAX_STREAMS, MAX_STREAMS_OF_A_PLACE);

  final FailureLog failures = new FailureLog();

  /// In bytes.
  final ConnectionLimits requests = new ConnectionLimits(MAX_REQUESTS, MAX_REQUESTS_OF_A_PLACE);
}

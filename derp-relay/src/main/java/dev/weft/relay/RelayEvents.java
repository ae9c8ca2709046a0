package dev.weft.relay;

import java.util.concurrent.atomic.LongAdder;

/// Counts, for [MetricsPage], what happens to connections. Any thread.
final class RelayEvents {
  /// TCP connections that were taken in.
  final LongAdder accepted = new LongAdder();

  /// TCP connections closed for being too many.
  final LongAdder surplus = new LongAdder();

  /// Clients that proved their key and were told to serve.
  final LongAdder clients = new LongAdder();

  /// Clients that were not admitted.
  final LongAdder refused = new LongAdder();

  /// Times that a client over its rate was made to wait.
  final LongAdder paused = new LongAdder();

  /// Keys that two machines turned out to share.
  final LongAdder contested = new LongAdder();

  /// Connections ended because they took nothing.
  final LongAdder stalled = new LongAdder();

  /// Packets that mesh peers forwarded to clients here.
  final LongAdder forwardedIn = new LongAdder();

  /// Packets for clients of mesh peers.
  final LongAdder forwardedOut = new LongAdder();

  /// What the relay itself had to say to a connection that was full, of peers gone for the most.
  final LongAdder noticesLost = new LongAdder();
}

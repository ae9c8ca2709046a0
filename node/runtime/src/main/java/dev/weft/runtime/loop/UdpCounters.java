package dev.weft.runtime.loop;

import java.util.concurrent.atomic.LongAdder;

/// What the UDP sockets did since the node started. Written by the loop, read from anywhere.
public final class UdpCounters {
  final LongAdder receivedDatagrams = new LongAdder();
  final LongAdder receivedBatches = new LongAdder();
  final LongAdder receiveFailed = new LongAdder();
  final LongAdder sentDatagrams = new LongAdder();
  final LongAdder sendBufferFull = new LongAdder();
  final LongAdder sendFailed = new LongAdder();
  final LongAdder noSocket = new LongAdder();

  UdpCounters() {}

  public long receivedDatagrams() {
    return receivedDatagrams.sum();
  }

  /// Batches handed to the engine; received datagrams per batch say how well receive offload works.
  public long receivedBatches() {
    return receivedBatches.sum();
  }

  /// Errors that the operating system told of a socket when it was read.
  public long receiveFailed() {
    return receiveFailed.sum();
  }

  public long sentDatagrams() {
    return sentDatagrams.sum();
  }

  /// Datagrams dropped because the socket did not take more.
  public long sendBufferFull() {
    return sendBufferFull.sum();
  }

  /// Sends the operating system refused: no route, a firewall, a network that went away.
  public long sendFailed() {
    return sendFailed.sum();
  }

  /// Datagrams to an address family this machine has no socket for.
  public long noSocket() {
    return noSocket.sum();
  }
}

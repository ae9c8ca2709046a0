package dev.weft.runtime.loop;

import java.lang.foreign.MemorySegment;

/// Lets the memory of a received batch be kept for other memory instead of being copied.
@FunctionalInterface
public interface MemoryExchange {
  /// During [DatagramHandler#handleDatagrams]: the handler keeps the memory of the batch, and the
  /// sockets receive into `spare` from now on, which is of [UdpSockets#allocateSpare] or came from
  /// a batch before. Answers false when `used` is other memory; then nothing has changed.
  boolean exchange(MemorySegment used, MemorySegment spare);
}

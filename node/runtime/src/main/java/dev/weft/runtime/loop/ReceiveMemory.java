package dev.weft.runtime.loop;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// What the sockets of a loop receive into: one memory for all, since what is received is dealt
/// with before more is. Whoever wants to keep a batch gives other memory for it.
final class ReceiveMemory {
  private MemorySegment current = allocate();

  static MemorySegment allocate() {
    return MemorySegment.ofBuffer(ByteBuffer.allocateDirect(UdpReceiver.BUFFER_BYTES));
  }

  MemorySegment current() {
    return current;
  }

  boolean exchange(MemorySegment used, MemorySegment spare) {
    if (used.address() != current.address() || spare.byteSize() != current.byteSize()) {
      return false;
    }
    current = spare;
    return true;
  }
}

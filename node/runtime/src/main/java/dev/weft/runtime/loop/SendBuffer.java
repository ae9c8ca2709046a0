package dev.weft.runtime.loop;

import dev.weft.base.Datagrams;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.lang.foreign.MemorySegment;

/// Memory that a socket sends from without a copy, for one batch: whoever has it fills it and gives
/// it to [UdpSockets#send(dev.weft.base.Endpoint, SendBuffer, Datagrams)], or back.
///
/// It is made and given away on the loop; what fills it may be another thread.
public final class SendBuffer {
  private final ByteBuf bytes;
  private final MemorySegment memory;

  private SendBuffer(ByteBuf bytes) {
    this.bytes = bytes;
    this.memory = MemorySegment.ofBuffer(bytes.internalNioBuffer(0, bytes.capacity()));
  }

  /// Room for this many bytes, outside the heap.
  public static SendBuffer allocate(int length) {
    return new SendBuffer(ByteBufAllocator.DEFAULT.directBuffer(length, length));
  }

  /// What may be filled, until the buffer is given away.
  public MemorySegment memory() {
    return memory;
  }

  /// Gives it back unsent.
  public void release() {
    bytes.release();
  }

  /// The filled part, which the caller has to release.
  ByteBuf filled(Datagrams datagrams) {
    return bytes.setIndex(datagrams.offset(), datagrams.offset() + datagrams.length());
  }
}

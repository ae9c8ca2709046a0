package dev.weft.base;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/// A batch of datagrams where the network left them, or where it takes them from: like [Segments],
/// but the memory may be outside the heap, so that nothing has to be copied between a socket and
/// the cipher.
///
/// A batch is borrowed for the call it is passed to, and is only read.
public final class Datagrams extends Batch {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment memory;

  private Datagrams(MemorySegment memory, int offset, int length, int segmentSize) {
    super(offset, length, segmentSize);
    this.memory = memory;
  }

  /// A batch of `length` bytes in datagrams of `segmentSize`.
  ///
  /// @throws IndexOutOfBoundsException when the range is not within the memory
  /// @throws IllegalArgumentException when `segmentSize` is not positive
  public static Datagrams of(MemorySegment memory, int offset, int length, int segmentSize) {
    Objects.checkFromIndexSize(offset, (long) length, memory.byteSize());
    return new Datagrams(memory, offset, length, segmentSize);
  }

  /// The same batch.
  public static Datagrams of(Segments batch) {
    return of(
        MemorySegment.ofArray(batch.array()), batch.offset(), batch.length(), batch.segmentSize());
  }

  public MemorySegment memory() {
    return memory;
  }

  /// The datagrams from `start` up to and without `end`.
  public Datagrams slice(int start, int end) {
    if (start == 0 && end == count()) {
      return this;
    }
    int from = offset(start);
    int to = end == start ? from : offset(end - 1) + length(end - 1);
    return of(memory, from, to - from, segmentSize());
  }

  /// The little-endian number at `at` of {@link #memory()}.
  public int intAt(int at) {
    return memory.get(INT, at);
  }

  /// The little-endian number at `at` of {@link #memory()}.
  public long longAt(int at) {
    return memory.get(LONG, at);
  }

  /// Copies datagram `index` to the start of `into`, as far as there is room, and returns how many
  /// bytes that were.
  public int copy(int index, byte[] into) {
    int size = Math.min(length(index), into.length);
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset(index), into, 0, size);
    return size;
  }
}

package dev.weft.base;

import java.util.Objects;

/// A batch of packets that lie back to back in one array: one packet or sixty-four, the same call.
///
/// A batch is borrowed for the call it is passed to; who keeps bytes copies them. The array is heap
/// memory and may be changed in place by the one who received the batch.
public final class Segments extends Batch {
  private final byte[] array;

  private Segments(byte[] array, int offset, int length, int segmentSize) {
    super(offset, length, segmentSize);
    this.array = array;
  }

  /// One packet.
  public static Segments single(byte[] array, int offset, int length) {
    return of(array, offset, length, Math.max(length, 1));
  }

  /// A batch of `length` bytes in segments of `segmentSize`.
  ///
  /// @throws IndexOutOfBoundsException when the range is not within the array
  /// @throws IllegalArgumentException when `segmentSize` is not positive
  public static Segments of(byte[] array, int offset, int length, int segmentSize) {
    Objects.checkFromIndexSize(offset, length, array.length);
    return new Segments(array, offset, length, segmentSize);
  }

  public byte[] array() {
    return array;
  }
}

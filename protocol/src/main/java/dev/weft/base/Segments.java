package dev.weft.base;

import java.util.Objects;

/// A batch of packets that lie back to back in one array: one packet or sixty-four, the same call.
///
/// All segments have {@link #segmentSize()} bytes, but the last may be shorter: the shape that UDP
/// segmentation offload sends and receives. A batch is borrowed for the call it is passed to; who
/// keeps bytes copies them. The array is heap memory and may be changed in place by the one who
/// received the batch.
public final class Segments {
  private final byte[] array;
  private final int offset;
  private final int length;
  private final int segmentSize;

  private Segments(byte[] array, int offset, int length, int segmentSize) {
    this.array = array;
    this.offset = offset;
    this.length = length;
    this.segmentSize = segmentSize;
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
    if (segmentSize <= 0) {
      throw new IllegalArgumentException("segment size must be positive: " + segmentSize);
    }
    return new Segments(array, offset, length, segmentSize);
  }

  public byte[] array() {
    return array;
  }

  /// Where the first segment starts in {@link #array()}.
  public int offset() {
    return offset;
  }

  /// Bytes of all segments together.
  public int length() {
    return length;
  }

  public int segmentSize() {
    return segmentSize;
  }

  /// Number of segments; zero when the batch is empty.
  public int count() {
    return (length + segmentSize - 1) / segmentSize;
  }

  /// Where segment `index` starts in {@link #array()}.
  public int offset(int index) {
    return offset + index * segmentSize;
  }

  /// Bytes of segment `index`.
  public int length(int index) {
    return Math.min(segmentSize, length - index * segmentSize);
  }

  @Override
  public String toString() {
    return count() + " × " + segmentSize + " (" + length + " bytes)";
  }
}

package dev.weft.base;

/// Packets or datagrams that lie back to back, all of one size but the last, which may be shorter:
/// the shape that UDP segmentation offload sends and receives.
public abstract sealed class Batch permits Segments, Datagrams {
  private final int offset;
  private final int length;
  private final int segmentSize;

  /// @throws IllegalArgumentException when `segmentSize` is not positive
  Batch(int offset, int length, int segmentSize) {
    if (segmentSize <= 0) {
      throw new IllegalArgumentException("segment size must be positive: " + segmentSize);
    }
    this.offset = offset;
    this.length = length;
    this.segmentSize = segmentSize;
  }

  /// Where the first one starts in the memory of the batch.
  public final int offset() {
    return offset;
  }

  /// Bytes of all together.
  public final int length() {
    return length;
  }

  public final int segmentSize() {
    return segmentSize;
  }

  /// How many; zero when the batch is empty.
  public final int count() {
    return (length + segmentSize - 1) / segmentSize;
  }

  /// Where number `index` starts in the memory of the batch.
  public final int offset(int index) {
    return offset + index * segmentSize;
  }

  /// Bytes of number `index`.
  public final int length(int index) {
    return Math.min(segmentSize, length - index * segmentSize);
  }

  @Override
  public final String toString() {
    return count() + " × " + segmentSize + " (" + length + " bytes)";
  }
}

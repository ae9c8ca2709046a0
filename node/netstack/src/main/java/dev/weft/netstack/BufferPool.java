package dev.weft.netstack;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Arrays of power-of-two sizes for the connections' rings, with a bound on all of them together.
///
/// A ring without bytes holds no array, so idle connections cost none; busy ones share a few warm
/// arrays. When the bound is reached a larger array is refused: senders then wait, and received
/// data that does not fit is dropped for the peer to send again.
final class BufferPool {
  static final int SMALLEST = 4096;
  private static final int LARGEST = 1 << 24;

  /// One array may take this part of what is left, so that a few connections cannot starve all
  /// others.
  private static final int SHARE = 8;

  /// Arrays kept for reuse, in bytes. More than that is left to the collector.
  private static final long MOST_IDLE = 4L << 20;

  private final ArrayDeque<byte[]>[] idle;
  private final long limit;
  private long idleBytes;
  private long usedBytes;

  @SuppressWarnings({"unchecked", "rawtypes"})
  BufferPool(long limit) {
    this.limit = limit;
    idle = new ArrayDeque[Integer.numberOfTrailingZeros(LARGEST / SMALLEST) + 1];
    for (int i = 0; i < idle.length; i++) {
      idle[i] = new ArrayDeque<>();
    }
  }

  /// An array of at least `capacity` bytes, its length a power of two; null when the bound forbids.
  byte @Nullable [] acquire(int capacity) {
    int size = Math.max(SMALLEST, Integer.highestOneBit(Math.max(capacity - 1, 1)) << 1);
    if (size > LARGEST || !isGranted(size)) {
      return null;
    }
    usedBytes += size;
    byte[] reused = idle[bucket(size)].pollFirst();
    if (reused != null) {
      idleBytes -= size;
      return reused;
    }
    return new byte[size];
  }

  /// The smallest arrays have a reserve beyond the bound: with one, a connection still gets on.
  private boolean isGranted(int size) {
    return size == SMALLEST
        ? usedBytes + size <= limit + limit / 4
        : size <= (limit - usedBytes) / SHARE;
  }

  void release(byte[] array) {
    usedBytes -= array.length;
    if (idleBytes + array.length <= MOST_IDLE) {
      idleBytes += array.length;
      idle[bucket(array.length)].addFirst(array);
    }
  }

  long usedBytes() {
    return usedBytes;
  }

  /// Whether so much is in use that windows should not grow.
  boolean isTight() {
    return usedBytes > limit / 2;
  }

  private static int bucket(int size) {
    return Integer.numberOfTrailingZeros(size / SMALLEST);
  }
}

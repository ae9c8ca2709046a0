package dev.weft.netstack;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Bytes of a stream addressed by their sequence numbers.
///
/// The size is a power of two, so that a sequence number's low bits are its place: nothing moves
/// when the front is consumed, and bytes that arrive out of order go straight to where they belong.
final class ByteRing {
  private final BufferPool pool;
  private byte @Nullable [] bytes;

  /// What the last arrays were used for: the next one need not grow there in steps.
  private int usual;

  private int peak;

  ByteRing(BufferPool pool) {
    this.pool = pool;
  }

  /// Makes room for `[from, to)` and keeps the bytes of `[from, kept)`.
  ///
  /// @return false when memory is short; nothing has changed then
  boolean reserve(int from, int kept, int to) {
    byte[] old = bytes;
    peak = Math.max(peak, to - from);
    if (old != null && to - from <= old.length) {
      return true;
    }
    byte[] larger = pool.acquire(old == null ? Math.max(to - from, usual) : to - from);
    if (larger == null) {
      larger = pool.acquire(to - from);
    }
    if (larger == null) {
      return false;
    }
    if (old != null) {
      int length = kept - from;
      int first = Math.min(length, larger.length - (from & larger.length - 1));
      get(from, larger, from & larger.length - 1, first);
      get(from + first, larger, 0, length - first);
      pool.release(old);
    }
    bytes = larger;
    return true;
  }

  /// Gives the memory back. What is in the ring is lost.
  void clear() {
    if (bytes != null) {
      pool.release(bytes);
      bytes = null;
      usual = Math.max(peak, usual / 2);
      peak = 0;
    }
  }

  int capacity() {
    return bytes == null ? 0 : bytes.length;
  }

  void put(int seq, byte[] source, int offset, int length) {
    byte[] ring = ring();
    int at = seq & ring.length - 1;
    int first = Math.min(length, ring.length - at);
    System.arraycopy(source, offset, ring, at, first);
    System.arraycopy(source, offset + first, ring, 0, length - first);
  }

  void put(int seq, ByteBuffer source, int length) {
    byte[] ring = ring();
    int at = seq & ring.length - 1;
    int first = Math.min(length, ring.length - at);
    source.get(ring, at, first);
    source.get(ring, 0, length - first);
  }

  void get(int seq, byte[] target, int offset, int length) {
    if (length == 0) {
      return;
    }
    byte[] ring = ring();
    int at = seq & ring.length - 1;
    int first = Math.min(length, ring.length - at);
    System.arraycopy(ring, at, target, offset, first);
    System.arraycopy(ring, 0, target, offset + first, length - first);
  }

  void get(int seq, ByteBuffer target, int length) {
    byte[] ring = ring();
    int at = seq & ring.length - 1;
    int first = Math.min(length, ring.length - at);
    target.put(ring, at, first);
    target.put(ring, 0, length - first);
  }

  private byte[] ring() {
    byte[] ring = bytes;
    if (ring == null) {
      throw new IllegalStateException("nothing reserved");
    }
    return ring;
  }
}

package dev.weft.crypto;

import java.lang.foreign.MemorySegment;

/// ChaCha20-Poly1305 (RFC 8439) under one key, with nonces made from a counter: four zero bytes and
/// the counter in eight, in the byte order chosen when the key was set. WireGuard and standard
/// Noise write it little-endian, the records of ts2021 big-endian.
///
/// Input and output may be the same array at the same offset; otherwise they must not overlap.
/// Nothing is allocated for the caller. An instance belongs to one thread at a time.
///
/// Which counters are fresh is the caller's to know. As a last line `seal` refuses the counter of
/// the call before it.
public interface Aead {
  /// Bytes of a key.
  int KEY_BYTES = 32;

  /// Bytes that sealing adds.
  int TAG_BYTES = 16;

  /// Encrypts `length` bytes and appends the tag: `length + TAG_BYTES` bytes of output.
  ///
  /// @throws IllegalStateException when the counter is that of the previous call
  void seal(long counter, byte[] ad, byte[] in, int offset, int length, byte[] out, int outOffset);

  /// Decrypts `length` bytes, tag included, into `length - TAG_BYTES`. Returns false, and leaves
  /// nothing of use in the output, when they were not sealed under this key, counter and data.
  boolean open(
      long counter, byte[] ad, byte[] in, int offset, int length, byte[] out, int outOffset);

  /// Seals without additional data into memory that may be outside the heap, from `at` on.
  ///
  /// @throws IllegalStateException when the counter is that of the previous call
  /// @throws IndexOutOfBoundsException when there is no room
  void seal(long counter, byte[] in, int offset, int length, MemorySegment out, long at);

  /// Opens without additional data from memory that may be outside the heap, from `at` on.
  ///
  /// @throws IndexOutOfBoundsException when it is not so long
  boolean open(long counter, MemorySegment in, long at, int length, byte[] out, int outOffset);

  /// [#seal(long, byte[], byte[], int, int, byte[], int)] without additional data.
  default void seal(long counter, byte[] in, int offset, int length, byte[] out, int outOffset) {
    seal(counter, Primitive.NO_DATA, in, offset, length, out, outOffset);
  }

  /// [#open(long, byte[], byte[], int, int, byte[], int)] without additional data.
  default boolean open(long counter, byte[] in, int offset, int length, byte[] out, int outOffset) {
    return open(counter, Primitive.NO_DATA, in, offset, length, out, outOffset);
  }
}

package dev.weft.crypto;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What a provider implements: RFC 8439 with the 12-byte nonce as bytes.
interface Primitive {
  int NONCE_BYTES = 12;

  byte[] NO_DATA = {};

  void seal(byte[] nonce, byte[] ad, byte[] in, int offset, int length, byte[] out, int outOffset);

  /// `length` includes the tag and is at least as long as one.
  boolean open(
      byte[] nonce, byte[] ad, byte[] in, int offset, int length, byte[] out, int outOffset);

  /// Without additional data, into memory that may be outside the heap. By way of an array: the
  /// JDK's cipher is slower by more than a copy on other memory.
  default void seal(byte[] nonce, byte[] in, int offset, int length, MemorySegment out, long at) {
    byte[] sealed = new byte[length + Aead.TAG_BYTES];
    seal(nonce, NO_DATA, in, offset, length, sealed, 0);
    MemorySegment.copy(sealed, 0, out, ValueLayout.JAVA_BYTE, at, sealed.length);
  }

  /// The way back of the same.
  default boolean open(
      byte[] nonce, MemorySegment in, long at, int length, byte[] out, int outOffset) {
    byte[] sealed = in.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
    return open(nonce, NO_DATA, sealed, 0, length, out, outOffset);
  }
}

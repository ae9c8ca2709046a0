package dev.weft.crypto;

/// What a provider implements: RFC 8439 with the 12-byte nonce as bytes.
interface Primitive {
  int NONCE_BYTES = 12;

  byte[] NO_DATA = {};

  void seal(byte[] nonce, byte[] ad, byte[] in, int offset, int length, byte[] out, int outOffset);

  /// `length` includes the tag and is at least as long as one.
  boolean open(
      byte[] nonce, byte[] ad, byte[] in, int offset, int length, byte[] out, int outOffset);
}

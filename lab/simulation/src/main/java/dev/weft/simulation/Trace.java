package dev.weft.simulation;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A fingerprint of all that happened, in order: equal for two runs only when they were equal byte
/// for byte.
final class Trace {
  private final MessageDigest digest;
  private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);

  Trace() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// Adds something that happened.
  void add(long at, String what, byte[] bytes) {
    digest.update(number.putLong(0, at).array());
    digest.update(what.getBytes(US_ASCII));
    digest.update(number.putLong(0, bytes.length).array());
    digest.update(bytes);
  }

  @Override
  public String toString() {
    try {
      return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 of every Java can be cloned", e);
    }
  }
}

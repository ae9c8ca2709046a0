package dev.weft.crypto;

/// Comparisons whose time tells nothing about the bytes.
public final class ConstantTime {
  private ConstantTime() {}

  /// Whether two ranges of one length hold the same bytes.
  public static boolean equal(byte[] a, int aOffset, byte[] b, int bOffset, int length) {
    int difference = 0;
    for (int i = 0; i < length; i++) {
      difference |= a[aOffset + i] ^ b[bOffset + i];
    }
    return difference == 0;
  }

  /// Whether two arrays are equal; their lengths are not secret.
  public static boolean equal(byte[] a, byte[] b) {
    return a.length == b.length && equal(a, 0, b, 0, a.length);
  }
}

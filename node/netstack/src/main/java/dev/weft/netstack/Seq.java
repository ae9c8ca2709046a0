package dev.weft.netstack;

/// Arithmetic of sequence numbers and timestamps, modulo 2^32 (RFC 9293 §3.4).
///
/// An order exists only between numbers less than 2^31 apart, which windows of at most 2^30 ensure.
final class Seq {
  private Seq() {}

  static boolean before(int a, int b) {
    return a - b < 0;
  }

  static boolean atOrBefore(int a, int b) {
    return a - b <= 0;
  }

  static int later(int a, int b) {
    return a - b > 0 ? a : b;
  }

  static int earlier(int a, int b) {
    return a - b < 0 ? a : b;
  }

  /// Whether `from <= n < to`.
  static boolean within(int n, int from, int to) {
    return Integer.compareUnsigned(n - from, to - from) < 0;
  }
}

package dev.weft.base;

/// The source of randomness, as an argument.
///
/// Cores never make their own: a shell passes one backed by the operating system, a test passes a
/// seeded one, and two runs with one seed then give the same trace.
@FunctionalInterface
public interface Entropy {
  /// Fills the whole array with random bytes.
  void fill(byte[] bytes);

  /// Returns `count` fresh random bytes.
  default byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    fill(bytes);
    return bytes;
  }

  /// Returns a uniformly random `int`.
  default int nextInt() {
    byte[] b = bytes(Integer.BYTES);
    return (b[0] & 0xff) << 24 | (b[1] & 0xff) << 16 | (b[2] & 0xff) << 8 | (b[3] & 0xff);
  }

  /// Returns a uniformly random `long`.
  default long nextLong() {
    return (long) nextInt() << 32 | (nextInt() & 0xffff_ffffL);
  }

  /// Returns a uniformly random value in `[0, bound)`; `bound` is positive.
  default int below(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive: " + bound);
    }
    // Reject the incomplete last range, so that the remainder is not biased.
    int limit = Integer.MAX_VALUE - (Integer.MAX_VALUE % bound + 1) % bound;
    int value;
    do {
      value = nextInt() >>> 1;
    } while (value > limit);
    return value % bound;
  }
}

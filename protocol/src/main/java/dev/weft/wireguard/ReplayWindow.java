package dev.weft.wireguard;

/// Which counters of a session were seen: a ring of bits behind the highest one (RFC 6479).
///
/// The ring has one block more than the window, so that moving on clears whole blocks.
final class ReplayWindow {
  private static final int BLOCK_BITS = Long.SIZE;
  private static final int BLOCK_SHIFT = 6;
  private static final int BLOCKS = 128;

  /// Counters this far below the highest are still told apart.
  static final int SIZE = (BLOCKS - 1) * BLOCK_BITS;

  private final long[] ring = new long[BLOCKS];
  private long highest;

  /// Marks a counter as seen. False when it was before, or is too old to tell. Only for counters of
  /// messages that were authentic.
  boolean accept(long counter) {
    if (Long.compareUnsigned(counter, Keypair.REJECT_AFTER_MESSAGES) >= 0) {
      return false;
    }
    if (Long.compareUnsigned(counter, highest) > 0) {
      advance(counter);
    } else if (Long.compareUnsigned(highest - counter, SIZE) > 0) {
      return false;
    }
    int block = block(counter);
    long bit = 1L << (counter & (BLOCK_BITS - 1));
    boolean fresh = (ring[block] & bit) == 0;
    ring[block] |= bit;
    return fresh;
  }

  private void advance(long counter) {
    long from = highest >>> BLOCK_SHIFT;
    long blocks = Math.min((counter >>> BLOCK_SHIFT) - from, BLOCKS);
    for (long i = 1; i <= blocks; i++) {
      ring[(int) (from + i) & (BLOCKS - 1)] = 0;
    }
    highest = counter;
  }

  private static int block(long counter) {
    return (int) (counter >>> BLOCK_SHIFT) & (BLOCKS - 1);
  }
}

package dev.weft.runtime.control;

import java.time.Duration;

/// How often control may be dialled, whatever the reasons add up to: a server that takes every
/// connection and breaks it must not keep us busy, nor we it.
///
/// Not thread-safe; `now` is monotonic nanoseconds.
final class DialBudget {
  static final int DIALS = 10;
  static final Duration PER = Duration.ofMinutes(1);

  /// When the last dials were made, a ring.
  private final long[] at = new long[DIALS];

  private int made;

  /// Takes one dial out of the budget; or says how long there will be none.
  ///
  /// @return zero when the dial may be made
  Duration take(long now) {
    int slot = made % DIALS;
    long wait = made < DIALS ? 0 : at[slot] + PER.toNanos() - now;
    if (wait > 0) {
      return Duration.ofNanos(wait);
    }
    at[slot] = now;
    made = made + 1 < 2 * DIALS ? made + 1 : DIALS; // stays full
    return Duration.ZERO;
  }
}

package dev.weft.runtime.control;

import dev.weft.base.Entropy;
import java.time.Duration;

/// How long to wait after the n-th failure in a row: 50 ms, then twice as long each time, 30 s at
/// most, a quarter less or more at random.
///
/// The official client's grows with n² from 10 ms (`docs/protocol/control.md` §4.1): as quick at
/// first, but some twenty-five requests in the first minute of an outage, where this makes ten.
final class Backoff {
  private static final long FIRST_MILLIS = 50;
  private static final long MAX_MILLIS = 30_000;
  private static final int JITTER_STEPS = 1000;

  private final Entropy entropy;
  private int failures;

  Backoff(Entropy entropy) {
    this.entropy = entropy;
  }

  /// Counts a failure.
  Duration next() {
    failures = Math.min(failures + 1, 20); // far beyond the limit already
    long millis = Math.min(MAX_MILLIS, FIRST_MILLIS << failures - 1);
    // 0.75 to 1.25 in thousandths.
    long factor = JITTER_STEPS * 3L / 4 + entropy.below(JITTER_STEPS / 2);
    return Duration.ofMillis(millis * factor / JITTER_STEPS);
  }

  void reset() {
    failures = 0;
  }
}

package dev.weft.runtime.control;

import dev.weft.base.Entropy;
import java.time.Duration;

/// How long to wait after the n-th failure in a row: n² times 10 ms, 30 s at most, half as much to
/// half as much again at random. The official client's (`docs/protocol/control.md` §4.1), so that a
/// server meets one crowd.
final class Backoff {
  private static final long STEP_MILLIS = 10;
  private static final long MAX_MILLIS = 30_000;
  private static final int JITTER_STEPS = 1000;

  private final Entropy entropy;
  private int failures;

  Backoff(Entropy entropy) {
    this.entropy = entropy;
  }

  /// Counts a failure.
  Duration next() {
    failures = Math.min(failures + 1, 1000); // its square stays small
    long millis = Math.min(MAX_MILLIS, STEP_MILLIS * failures * failures);
    // 0.5 to 1.5 in thousandths.
    long factor = JITTER_STEPS / 2L + entropy.below(JITTER_STEPS);
    return Duration.ofMillis(millis * factor / JITTER_STEPS);
  }

  void reset() {
    failures = 0;
  }
}

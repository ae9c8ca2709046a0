package dev.weft.acceptance;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/// Waits for a condition of another process, with a deadline and a reason.
final class Await {
  private static final long INTERVAL_NANOS = Duration.ofMillis(50).toNanos();

  private Await() {}

  /// Returns when the condition holds.
  ///
  /// @throws AssertionError naming `what` when it does not within the limit
  static void until(String what, Duration limit, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + limit.toNanos();
    Exception last = null;
    do {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
      } catch (java.io.IOException e) {
        last = e;
      }
      LockSupport.parkNanos(INTERVAL_NANOS);
    } while (System.nanoTime() < deadline);
    throw new AssertionError("not within " + limit.toSeconds() + " s: " + what, last);
  }
}

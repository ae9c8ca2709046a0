package dev.weft.runtime;

import java.time.Duration;

/// Decides when a program that has come to rest gives memory back: once after each time of work,
/// its start being the first.
final class RestingMemory {
  /// How often [#elapsed] is to be called.
  static final Duration INTERVAL = Duration.ofSeconds(10);

  /// Of the processor in an interval, 1 %.
  private static final Duration WORK = Duration.ofMillis(100);

  private final Runnable release;
  private Duration used = Duration.ZERO;
  private boolean hasWorked = true;
  private boolean hasReleased;

  RestingMemory(Runnable release) {
    this.release = release;
  }

  /// @param total processor time since the program started
  void elapsed(Duration total) {
    boolean isWorking = total.minus(used).compareTo(WORK) > 0;
    used = total;
    if (hasReleased) {
      // What the release took, and what came back after it, is no work.
      hasReleased = false;
    } else if (isWorking) {
      hasWorked = true;
    } else if (hasWorked) {
      hasWorked = false;
      hasReleased = true;
      release.run();
    }
  }
}

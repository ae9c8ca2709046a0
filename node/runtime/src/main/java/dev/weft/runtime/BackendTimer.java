package dev.weft.runtime;

import dev.weft.runtime.backend.NodeBackend;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Runs what the backend wants done later: on one thread, so that what was asked first happens
/// first.
final class BackendTimer implements NodeBackend.Timer {
  /// A clock that is set runs at the wrong time if one waits for long; half a day late is soon
  /// enough for a key's expiry that was months away.
  private static final Duration LONGEST_WAIT = Duration.ofHours(12);

  private final InstantSource clock;
  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("weft-backend").factory());

  BackendTimer(InstantSource clock) {
    this.clock = clock;
    executor.setRemoveOnCancelPolicy(true);
  }

  @Override
  public Runnable at(Instant when, Runnable action) {
    Instant now = clock.instant();
    Duration wait =
        when.isAfter(now.plus(LONGEST_WAIT))
            ? LONGEST_WAIT
            : Duration.between(now, when.isBefore(now) ? now : when);
    try {
      ScheduledFuture<?> future = executor.schedule(action, wait.toNanos(), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException _) {
      return () -> {}; // the node is going down
    }
  }

  void close() {
    executor.shutdownNow();
  }
}

package dev.weft.serve;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The one timer of a connection. Setting it anew is a field write: the task in the event loop
/// finds out when it runs that it is early and waits for the rest.
final class Deadline {
  private static final long NEVER = Long.MAX_VALUE;

  private final EventExecutor executor;
  private final Runnable expired;
  private long at = NEVER;
  private long taskAt = NEVER;
  private @Nullable ScheduledFuture<?> task;

  Deadline(EventExecutor executor, Runnable expired) {
    this.executor = executor;
    this.expired = expired;
  }

  void set(Duration in) {
    at = executor.ticker().nanoTime() + in.toNanos();
    if (at < taskAt) {
      schedule();
    }
  }

  void clear() {
    at = NEVER;
  }

  /// Nothing is left behind in the event loop.
  void cancel() {
    at = NEVER;
    taskAt = NEVER;
    if (task != null) {
      task.cancel(false);
      task = null;
    }
  }

  private void schedule() {
    if (task != null) {
      task.cancel(false);
    }
    taskAt = at;
    long delay = at - executor.ticker().nanoTime();
    task = executor.schedule(this::run, delay, TimeUnit.NANOSECONDS);
  }

  private void run() {
    task = null;
    taskAt = NEVER;
    if (at == NEVER) {
      return;
    }
    if (at - executor.ticker().nanoTime() > 0) {
      schedule();
      return;
    }
    at = NEVER;
    expired.run();
  }
}

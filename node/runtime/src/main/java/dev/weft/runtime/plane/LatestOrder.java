package dev.weft.runtime.plane;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// What the backend wants of the data plane, on its way to the loop: the latest `run`, and whether
/// a `halt` comes before it. Nothing is lost, and however many maps come while the loop is busy,
/// one waits.
final class LatestOrder {
  private final Executor loop;
  private final Runnable onHalt;
  private boolean halts; // guarded by this, as all below
  private @Nullable Runnable run;
  private boolean isScheduled;

  /// @param onHalt on the loop
  LatestOrder(Executor loop, Runnable onHalt) {
    this.loop = loop;
    this.onHalt = onHalt;
  }

  /// In place of a `run` that has not begun.
  synchronized void run(Runnable next) {
    run = next;
    schedule();
  }

  /// A `run` that has not begun never will.
  synchronized void halt() {
    halts = true;
    run = null;
    schedule();
  }

  private void schedule() {
    if (!isScheduled) {
      isScheduled = true;
      loop.execute(this::carryOut);
    }
  }

  private void carryOut() {
    boolean isHalt;
    Runnable next;
    synchronized (this) {
      isScheduled = false;
      isHalt = halts;
      next = run;
      halts = false;
      run = null;
    }
    if (isHalt) {
      onHalt.run();
    }
    if (next != null) {
      next.run();
    }
  }
}

package dev.weft.runtime.cipher;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The worker of a lane: a thread that sleeps when there is nothing to do. It begins with the first
/// job, so a node that never moves much has none.
final class LaneThread implements Lane.Wakeups {
  private static final long CLOSE_MILLIS = 2000;

  private final String name;
  private final Executor loop;
  private @Nullable Lane<?> lane;
  private @Nullable Thread thread;
  private volatile boolean asleep;
  private volatile boolean ended;
  private volatile @Nullable Thread waiting;

  /// @param loop runs on the loop what it is given
  LaneThread(String name, Executor loop) {
    this.name = name;
    this.loop = loop;
  }

  void serve(Lane<?> work) {
    lane = work;
  }

  @Override
  public void wakeWorker() {
    Thread worker = thread;
    if (worker == null) {
      start();
    } else if (asleep) {
      LockSupport.unpark(worker);
    }
  }

  @Override
  public void wakeLoop() {
    Lane<?> served = lane;
    if (served == null) {
      return;
    }
    try {
      loop.execute(served::drain);
    } catch (RejectedExecutionException _) {
      // The loop has ended, and nobody waits for results.
    }
  }

  /// A worker that has died of an error must not stop the loop: then it does the work itself.
  @Override
  public void awaitWorker() {
    Lane<?> served = lane;
    Thread worker = thread;
    if (served == null) {
      return;
    }
    if (worker == null || !worker.isAlive()) {
      served.work();
      return;
    }
    waiting = Thread.currentThread();
    if (!served.hasResults()) {
      LockSupport.park(this);
    }
    waiting = null;
  }

  /// Ends the thread after the job it is at. Answers false when it did not end in time, and so may
  /// still use the memory of its job.
  boolean close() {
    ended = true;
    Thread worker = thread;
    if (worker == null) {
      return true;
    }
    LockSupport.unpark(worker);
    try {
      worker.join(CLOSE_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return !worker.isAlive();
  }

  private void start() {
    Thread made = new Thread(this::run, name);
    made.setDaemon(true);
    thread = made;
    made.start();
  }

  private void run() {
    Lane<?> served = lane;
    while (served != null && !ended) {
      if (served.work()) {
        Thread waits = waiting;
        if (waits != null) {
          LockSupport.unpark(waits);
        }
      } else {
        asleep = true;
        if (!served.hasWork() && !ended) {
          LockSupport.park(this);
        }
        asleep = false;
      }
    }
  }
}

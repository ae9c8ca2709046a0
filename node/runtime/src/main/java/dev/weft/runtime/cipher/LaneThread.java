package dev.weft.runtime.cipher;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The worker of a lane: a thread that sleeps when there is nothing to do. It begins with the first
/// job, so a node that never moves much has none.
final class LaneThread implements Lane.Wakeups {
  private static final long CLOSE_MILLIS = 2000;

  private static final Logger LOG = LoggerFactory.getLogger(LaneThread.class);

  private final String name;
  private final Executor loop;
  private final ThreadFactory threads;
  private @Nullable Lane<?> lane;
  private @Nullable Thread thread;
  private volatile boolean asleep;
  private volatile boolean ended;
  private volatile @Nullable Thread waiting;

  /// @param loop runs on the loop what it is given
  LaneThread(String name, Executor loop) {
    this(name, loop, Thread::new);
  }

  LaneThread(String name, Executor loop, ThreadFactory threads) {
    this.name = name;
    this.loop = loop;
    this.threads = threads;
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

  /// Whatever is waited for is in the hands of a thread that nothing but [#close] ends.
  @Override
  public void awaitWorker() {
    Lane<?> served = lane;
    if (served == null) {
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
    Thread made = threads.newThread(this::run);
    made.setName(name);
    made.setDaemon(true);
    try {
      made.start();
      thread = made;
    } catch (OutOfMemoryError e) {
      workHere(e);
    }
  }

  /// When the system has no thread for us the loop does the work, and tries again next time.
  private void workHere(OutOfMemoryError e) {
    LOG.warn("no thread for {}: {}", name, e.getMessage());
    Lane<?> served = lane;
    while (served != null && served.work()) {
      // until nothing is left
    }
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

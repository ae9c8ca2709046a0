package dev.weft.runtime.control;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What the three loops of a [ControlClient] and its callers agree on. Every method that waits is
/// woken by every change.
final class Standing {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  private Registration.@Nullable Goal goal;
  private boolean loggedIn;
  private boolean paused;
  private boolean closed;
  private @Nullable NodeReport report;
  private long reportGeneration;
  private long sentGeneration;

  /// Makes a change and wakes whoever waits.
  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    change(() -> closed = true);
  }

  void pause(boolean wanted) {
    change(() -> paused = wanted);
  }

  void want(Registration.Goal next) {
    change(() -> goal = next);
  }

  /// Replaces a goal, unless somebody wanted something else meanwhile.
  boolean advance(Registration.Goal from, Registration.@Nullable Goal to) {
    lock.lock();
    try {
      if (!from.equals(goal)) {
        return false;
      }
      goal = to;
      loggedIn |= to == null;
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Wants nothing instead of this goal, unless somebody wanted something else meanwhile.
  void giveUp(Registration.Goal some) {
    change(() -> {
      if (some.equals(goal)) {
        goal = null;
      }
    });
  }

  void forgetLogin() {
    change(() -> {
      goal = null;
      loggedIn = false;
    });
  }

  void report(NodeReport next) {
    change(() -> {
      if (!next.equals(report)) {
        report = next;
        reportGeneration++;
      }
    });
  }

  boolean isClosed() {
    return ask(() -> closed);
  }

  boolean isLoggedIn() {
    return ask(() -> loggedIn);
  }

  boolean wants(Registration.Goal some) {
    return ask(() -> some.equals(goal));
  }

  private boolean ask(BooleanSupplier question) {
    lock.lock();
    try {
      return question.getAsBoolean();
    } finally {
      lock.unlock();
    }
  }

  /// What to log in for and what to say then.
  record LoginWork(Registration.Goal goal, NodeReport report) {}

  /// Waits until there is a login to bring about; null when closed.
  @Nullable LoginWork awaitLogin() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && (paused || goal == null || report == null)) {
        changed.await();
      }
      return closed || goal == null || report == null ? null : new LoginWork(goal, report);
    } finally {
      lock.unlock();
    }
  }

  /// Waits until the map stream is wanted; null when closed.
  @Nullable NodeReport awaitMapWanted() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && (paused || !loggedIn || report == null)) {
        changed.await();
      }
      return closed ? null : report;
    } finally {
      lock.unlock();
    }
  }

  /// A report that control has not seen.
  record Unsent(NodeReport report, long generation) {}

  /// Waits until there is one; null when closed.
  @Nullable Unsent awaitUnsent() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed
          && (paused || !loggedIn || report == null || sentGeneration == reportGeneration)) {
        changed.await();
      }
      return closed || report == null ? null : new Unsent(report, reportGeneration);
    } finally {
      lock.unlock();
    }
  }

  void sent(long generation) {
    change(() -> sentGeneration = Math.max(sentGeneration, generation));
  }

  /// Waits that long.
  void rest(Duration time) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
  }
}

package dev.weft.runtime.cipher;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A bounded queue of jobs to one thread and back: what the loop submits is worked on by the thread
/// and finished on the loop, all in the order of submission. Jobs are made once and used again.
///
/// All methods but [#work] belong to the loop. A job is the loop's from [#claim] to [#submit], then
/// the worker's until it is worked on, then the loop's again.
final class Lane<J> {
  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

  /// How the two threads wake each other. Each call may come too often, and too early by one.
  interface Wakeups {
    /// There is something for the worker, which may have gone to sleep.
    void wakeWorker();

    /// [Lane#drain] is to be called on the loop.
    void wakeLoop();

    /// Waits, on the loop, until the worker may have got on.
    void awaitWorker();
  }

  private final J[] jobs;
  private final Consumer<J> work;
  private final Consumer<J> finish;
  private final Wakeups wakeups;

  /// Jobs handed over and jobs worked on, since the start.
  private final AtomicLong submitted = new AtomicLong();

  private final AtomicLong worked = new AtomicLong();
  private final AtomicBoolean drainDue = new AtomicBoolean();
  private long claimed;
  private long finished;

  /// @param work what the worker does with a job
  /// @param finish what the loop does with it afterwards
  @SuppressWarnings("unchecked")
  Lane(int slots, IntFunction<J> jobs, Consumer<J> work, Consumer<J> finish, Wakeups wakeups) {
    this.jobs = (J[]) new Object[slots];
    for (int i = 0; i < slots; i++) {
      this.jobs[i] = jobs.apply(i);
    }
    this.work = work;
    this.finish = finish;
    this.wakeups = wakeups;
  }

  /// A job to be filled and submitted next. When all are under way this waits for the oldest and
  /// finishes it.
  J claim() {
    while (claimed - finished == jobs.length) {
      finishOldest();
    }
    return jobs[slot(claimed)];
  }

  /// Finishes the oldest job under way, which may take until it is worked on.
  void finishOldest() {
    if (hasResults()) {
      finishOne();
    } else {
      wakeups.awaitWorker();
    }
  }

  /// Hands over the job that [#claim] has answered last.
  void submit() {
    claimed++;
    submitted.set(claimed);
    wakeups.wakeWorker();
  }

  /// Jobs under way.
  int size() {
    return (int) (claimed - finished);
  }

  /// Job `index` of those under way, the oldest first: only what does not change may be looked at.
  J underWay(int index) {
    return jobs[slot(finished + index)];
  }

  /// Finishes what is worked on.
  void drain() {
    drainDue.set(false); // before the first look: what is worked on from now on asks again
    while (finished < worked.get()) {
      finishOne();
    }
  }

  /// Gives up all jobs under way, when the worker is gone.
  void abandon(Consumer<J> discard) {
    while (finished < claimed) {
      discard.accept(jobs[slot(finished)]);
      finished++;
    }
    submitted.set(claimed);
    worked.set(claimed);
  }

  /// For both: whether there is a job to work on.
  boolean hasWork() {
    return worked.get() != submitted.get();
  }

  /// Whether there is a job to finish.
  boolean hasResults() {
    return worked.get() != finished;
  }

  /// On the worker: works on one job. Answers false when there is none.
  ///
  /// Throws nothing, whatever the work does: the loop may be waiting for this very job.
  boolean work() {
    long next = worked.get();
    if (next == submitted.get()) {
      return false;
    }
    try {
      work.accept(jobs[slot(next)]);
    } catch (Throwable e) {
      logFailure(e); // a defect of ours; what it made does not authenticate
    }
    worked.set(next + 1);
    askForDrain();
    return true;
  }

  private void askForDrain() {
    if (!drainDue.compareAndSet(false, true)) {
      return;
    }
    try {
      wakeups.wakeLoop();
    } catch (Throwable e) {
      drainDue.set(false); // the next job asks again
      logFailure(e);
    }
  }

  /// Where the memory is missing that the work has failed for, a line of a log may not fit either.
  private static void logFailure(Throwable failure) {
    try {
      LOG.error("cipher work failed", failure);
    } catch (Throwable _) {
      // Whoever waits for the job goes on without the line.
    }
  }

  /// A result that fails is the end of that result: those behind it go on, and so does the caller,
  /// whose batch is another one.
  private void finishOne() {
    try {
      finish.accept(jobs[slot(finished)]);
    } catch (RuntimeException e) {
      LOG.error("what follows the cipher failed", e);
    } finally {
      finished++;
    }
  }

  private int slot(long number) {
    return (int) (number % jobs.length);
  }
}

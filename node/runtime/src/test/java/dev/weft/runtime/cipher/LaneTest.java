package dev.weft.runtime.cipher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.SeededEntropy;
import dev.weft.testkit.SeededTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The queue of a lane without threads: a scheduler that is seeded decides who gets on.
final class LaneTest {
  private static final int SLOTS = 4;

  private static final class Job {
    int number = -1;
    boolean isWorkedOn;
  }

  /// The worker gets on only when the test lets it, or when the loop waits for it.
  private final class Scheduler implements Lane.Wakeups {
    int waits;
    int loopWakeups;
    boolean refusesDrain;
    int workerWakeups;

    @Override
    public void wakeWorker() {
      workerWakeups++;
    }

    @Override
    public void wakeLoop() {
      loopWakeups++;
      if (refusesDrain) {
        throw new IllegalStateException("no room for a task");
      }
    }

    @Override
    public void awaitWorker() {
      waits++;
      if (random.nextInt(3) != 0) { // else woken for nothing
        lane.work();
      }
    }
  }

  private final Scheduler scheduler = new Scheduler();
  private final List<Integer> finished = new ArrayList<>();
  private final Lane<Job> lane =
      new Lane<>(SLOTS, _ -> new Job(), this::work, this::finish, scheduler);
  private Random random = new Random(1);
  private int submitted;
  private boolean workedTwice;
  private int failsToFinish = -1;

  @SeededTest
  void jobsAreFinishedOnceAndInOrderHoweverTheWorkerIsScheduled(SeededEntropy entropy) {
    random = new Random(entropy.random().nextLong());
    for (int i = 0; i < 3000; i++) {
      switch (random.nextInt(3)) {
        case 0 -> submit();
        case 1 -> lane.work();
        default -> lane.drain();
      }
      assertTrue(lane.size() <= SLOTS);
    }
    while (lane.size() > 0) {
      lane.finishOldest();
    }
    assertEquals(submitted, finished.size());
    for (int i = 0; i < submitted; i++) {
      assertEquals(i, finished.get(i));
    }
    assertFalse(lane.hasWork());
  }

  @Test
  void aFullLaneWaitsForItsOldestJobOnly() {
    for (int i = 0; i < SLOTS; i++) {
      submit();
    }
    assertEquals(0, scheduler.waits);
    submit();
    assertTrue(scheduler.waits > 0);
    assertEquals(List.of(0), finished);
    assertEquals(SLOTS, lane.size());
  }

  @Test
  void theLoopIsWokenOncePerDrain() {
    submit();
    submit();
    submit();
    assertEquals(3, scheduler.workerWakeups);
    lane.work();
    lane.work();
    assertEquals(1, scheduler.loopWakeups);
    lane.drain();
    assertEquals(List.of(0, 1), finished);
    lane.work();
    assertEquals(2, scheduler.loopWakeups, "what is worked on after a drain asks for another");
  }

  @Test
  void aDrainThatCouldNotBeAskedForIsAskedForByTheNextJob() {
    submit();
    submit();
    scheduler.refusesDrain = true;
    lane.work();
    scheduler.refusesDrain = false;
    lane.work();
    assertEquals(2, scheduler.loopWakeups);
  }

  @Test
  void whatIsUnderWayCanBeLookedThrough() {
    submit();
    Job first = lane.underWay(0);
    submit();
    assertSame(first, lane.underWay(0));
    assertEquals(1, lane.underWay(1).number);
  }

  @Test
  void abandonedJobsAreGivenBackAndNeverFinished() {
    submit();
    submit();
    submit();
    lane.work();
    List<Integer> discarded = new ArrayList<>();
    lane.abandon(job -> discarded.add(job.number));
    assertEquals(List.of(0, 1, 2), discarded);
    lane.drain();
    assertFalse(lane.work());
    assertEquals(List.of(), finished);
  }

  @Test
  void aJobThatFailsIsFinishedAllTheSame() {
    submit();
    lane.underWay(0).number = -7; // which the worker refuses
    submit();
    lane.work();
    lane.work();
    lane.underWay(0).number = 0;
    lane.underWay(0).isWorkedOn = true;
    lane.drain();
    assertEquals(List.of(0, 1), finished);
  }

  @Test
  void aResultThatFailsDoesNotHoldUpThoseBehindIt() {
    failsToFinish = 0;
    submit();
    submit();
    submit();
    lane.work();
    lane.work();
    lane.work();
    lane.drain();
    assertEquals(List.of(1, 2), finished);
    assertEquals(0, lane.size());
  }

  @Test
  void aResultThatFailsIsNotTheFailureOfTheBatchThatWaitsForIt() {
    failsToFinish = 0;
    for (int i = 0; i <= SLOTS; i++) {
      submit();
    }
    assertEquals(SLOTS, lane.size());
    while (lane.size() > 0) {
      lane.finishOldest();
    }
    assertEquals(List.of(1, 2, 3, 4), finished);
  }

  private void submit() {
    Job job = lane.claim();
    assertFalse(job.isWorkedOn, "a job that is under way was given out again");
    job.number = submitted++;
    lane.submit();
  }

  private void work(Job job) {
    workedTwice |= job.isWorkedOn; // what is thrown here is not seen
    if (job.number < 0) {
      throw new IllegalStateException("refused");
    }
    job.isWorkedOn = true;
  }

  private void finish(Job job) {
    assertFalse(workedTwice);
    assertTrue(job.isWorkedOn);
    job.isWorkedOn = false;
    if (job.number == failsToFinish) {
      throw new IllegalStateException("refused");
    }
    finished.add(job.number);
  }
}

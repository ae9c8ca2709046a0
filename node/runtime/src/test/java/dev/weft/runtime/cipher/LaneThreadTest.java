package dev.weft.runtime.cipher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The worker of a lane as a thread, with another one as the loop.
@Timeout(60)
final class LaneThreadTest {
  private static final int SLOTS = 4;

  private static final class Job {
    int number;
  }

  private final ConcurrentLinkedQueue<Runnable> onLoop = new ConcurrentLinkedQueue<>();
  private final List<Integer> finished = new CopyOnWriteArrayList<>();
  private LaneThread thread = new LaneThread("lane-test", onLoop::add);
  private Lane<Job> lane = serve(_ -> {});

  @AfterEach
  void close() {
    assertTrue(thread.close());
  }

  @Test
  void aLoopThatWaitsGoesOnWhenTheWorkDiesOfAnError() throws Exception {
    FutureTask<Integer> loop = new FutureTask<>(() -> submitAndFinish(2 * SLOTS));
    Thread loopThread = new Thread(loop, "loop");
    loopThread.setDaemon(true);
    lane =
        serve(job -> {
          if (job.number == 0) {
            awaitParked(loopThread);
          }
          if (job.number % 2 == 0) {
            throw new AssertionError("job " + job.number);
          }
        });
    loopThread.start();
    assertEquals(2 * SLOTS, loop.get(20, TimeUnit.SECONDS));
    assertEquals(IntStream.range(0, 2 * SLOTS).boxed().toList(), finished);
  }

  @Test
  void theLoopDoesTheWorkWhenThereIsNoThreadForIt() {
    thread = new LaneThread("lane-test", onLoop::add, NoThread::new);
    List<Thread> workers = new CopyOnWriteArrayList<>();
    lane = serve(_ -> workers.add(Thread.currentThread()));
    assertEquals(2 * SLOTS, submitAndFinish(2 * SLOTS));
    assertEquals(2 * SLOTS, workers.size());
    assertTrue(workers.stream().allMatch(Thread.currentThread()::equals));
    assertNotEquals(0, onLoop.size(), "a drain was asked for");
  }

  private Lane<Job> serve(Consumer<Job> work) {
    Lane<Job> made =
        new Lane<>(SLOTS, _ -> new Job(), work, job -> finished.add(job.number), thread);
    thread.serve(made);
    return made;
  }

  private int submitAndFinish(int count) {
    for (int i = 0; i < count; i++) {
      lane.claim().number = i;
      lane.submit();
    }
    while (lane.size() > 0) {
      lane.finishOldest();
    }
    return finished.size();
  }

  private void awaitParked(Thread loop) {
    while (LockSupport.getBlocker(loop) != thread) {
      Thread.onSpinWait();
    }
  }

  /// What the JVM says when the system gives it no more threads.
  private static final class NoThread extends Thread {
    NoThread(Runnable run) {
      super(run);
    }

    @Override
    public void start() {
      throw new OutOfMemoryError("unable to create native thread");
    }
  }
}

package dev.weft.runtime.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NodeLoopTest {
  private final NodeLoop loop = new NodeLoop();

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void commandsRunInTheOrderOfTheirThread() throws Exception {
    List<Integer> order = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(1);
    for (int i = 0; i < 1000; i++) {
      int n = i;
      assertTrue(loop.submit(() -> order.add(n)));
    }
    assertTrue(loop.submit(done::countDown));
    assertTrue(done.await(10, TimeUnit.SECONDS));
    for (int i = 0; i < 1000; i++) {
      assertEquals(i, order.get(i));
    }
  }

  @Test
  void aFullQueueRefusesInsteadOfGrowing() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    loop.eventLoop()
        .execute(() -> {
          blocked.countDown();
          awaitQuietly(release);
        });
    assertTrue(blocked.await(10, TimeUnit.SECONDS));
    for (int i = 0; i < NodeLoop.MAX_PENDING_COMMANDS; i++) {
      assertTrue(loop.submit(() -> {}));
    }
    assertFalse(loop.submit(() -> {}));
    assertEquals(1, loop.refusedCommands());
    release.countDown();
    assertEquals("still here", loop.call(() -> "still here"));
  }

  @Test
  void aCommandThatThrowsDoesNotStopTheLoop() throws Exception {
    loop.submit(() -> {
      throw new IllegalArgumentException("a defect, on purpose");
    });
    assertEquals(1, loop.call(() -> 1));
  }

  @Test
  void theLoopCannotWaitForItself() throws Exception {
    loop.call(() -> assertThrows(IllegalStateException.class, () -> loop.call(() -> 1)));
  }

  @Test
  void aTimerFiresAtItsDeadlineAndAnEarlierOneReplacesIt() throws Exception {
    CountDownLatch fired = new CountDownLatch(1);
    long[] at = new long[1];
    CoreTimer timer =
        loop.call(() ->
            new CoreTimer(
                loop,
                () -> {
                  at[0] = loop.now();
                  fired.countDown();
                }));
    long deadline =
        loop.call(() -> {
          timer.setDeadline(loop.now() + TimeUnit.HOURS.toNanos(1));
          long soon = loop.now() + TimeUnit.MILLISECONDS.toNanos(20);
          timer.setDeadline(soon);
          return soon;
        });
    assertTrue(fired.await(10, TimeUnit.SECONDS));
    assertTrue(at[0] >= deadline);
  }

  @Test
  void aDeadlineMovedLaterIsKept() throws Exception {
    CountDownLatch fired = new CountDownLatch(1);
    long[] at = new long[1];
    CoreTimer timer =
        loop.call(() ->
            new CoreTimer(
                loop,
                () -> {
                  at[0] = loop.now();
                  fired.countDown();
                }));
    long deadline =
        loop.call(() -> {
          timer.setDeadline(loop.now() + TimeUnit.MILLISECONDS.toNanos(5));
          long later = loop.now() + TimeUnit.MILLISECONDS.toNanos(40);
          timer.setDeadline(later);
          return later;
        });
    assertTrue(fired.await(10, TimeUnit.SECONDS));
    assertTrue(at[0] >= deadline);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package dev.weft.runtime.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LoopClockTest {
  private long nano = 1_000;
  private long wall = 5_000_000;
  private final LoopClock clock = new LoopClock(() -> nano, () -> wall);

  @Test
  void timeStartsAtZeroAndFollowsTheMonotonicClock() {
    assertEquals(0, clock.now());
    nano += 25;
    assertEquals(25, clock.now());
  }

  @Test
  void theTimeAsleepCounts() {
    nano += 1_000_000_000L;
    wall += 3_601_000;
    assertTrue(clock.noticeSuspend());
    assertEquals(3_601_000_000_000L, clock.now());
    assertFalse(clock.noticeSuspend());
  }

  @Test
  void aClockSetBackChangesNothing() {
    wall -= 3_600_000;
    assertFalse(clock.noticeSuspend());
    assertEquals(0, clock.now());
  }

  @Test
  void aSlowLoopIsNotSleep() {
    nano += 60_000_000_000L;
    wall += 60_000;
    assertFalse(clock.noticeSuspend());
  }
}

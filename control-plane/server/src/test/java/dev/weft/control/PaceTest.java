package dev.weft.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class PaceTest {
  private static final long SECOND = 1_000_000_000;

  private long now = 17;
  private final Pace pace = new Pace(now);

  @Test
  void aFewChangesDoNotWait() {
    for (int round = 0; round < 10; round++) {
      assertEquals(0, pace.waitNanos(now));
      pace.spend(now, 299);
    }
  }

  @Test
  void aFewStreamsNeverWait() {
    for (int round = 0; round < 10_000; round++) {
      assertEquals(0, pace.waitNanos(now));
      pace.spend(now, 5);
      now += SECOND / 100;
    }
  }

  @Test
  void manyChangesForManyStreamsShareRounds() {
    int rounds = 0;
    long end = now + 100 * SECOND;
    while (now < end) {
      long wait = pace.waitNanos(now);
      assertTrue(wait >= 0 && wait <= SECOND, "" + wait);
      now += wait;
      pace.spend(now, 300);
      rounds++;
    }
    assertTrue(rounds > 200 && rounds < 215, "" + rounds);
  }

  @Test
  void howeverManyStreamsThereAreARoundWaitsASecondAtMost() {
    pace.spend(now, 1_000_000);
    assertEquals(SECOND, pace.waitNanos(now));
    now += SECOND;
    assertEquals(0, pace.waitNanos(now));
  }
}

package dev.weft.relay;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RateLimitTest {
  private static final long SECOND = 1_000_000_000L;

  private final RateLimit limit = new RateLimit(SECOND, 3);

  @Test
  void aBurstPassesAndThenOneEachSecond() {
    long now = 5 * SECOND;

    assertTrue(limit.tryPass(now));
    assertTrue(limit.tryPass(now));
    assertTrue(limit.tryPass(now));
    assertFalse(limit.tryPass(now));
    assertTrue(limit.tryPass(now + SECOND));
    assertFalse(limit.tryPass(now + SECOND));
  }

  @Test
  void silenceSavesUpOneBurstAndNoMore() {
    limit.tryPass(0);

    long later = 100 * SECOND;
    assertTrue(limit.tryPass(later));
    assertTrue(limit.tryPass(later));
    assertTrue(limit.tryPass(later));
    assertFalse(limit.tryPass(later));
  }
}

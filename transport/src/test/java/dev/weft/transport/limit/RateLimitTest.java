package dev.weft.transport.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RateLimitTest {
  private static final long SECOND = 1_000_000_000;

  private final RateLimit<String> limit = new RateLimit<>(3, 0.5, 2);

  @Test
  void soManyAtOnceAndThenSoManyASecond() {
    for (int i = 0; i < 3; i++) {
      assertEquals(Duration.ZERO, limit.take("a", 0));
    }
    assertEquals(Duration.ofSeconds(2), limit.take("a", 0));
    assertEquals(Duration.ofSeconds(1), limit.take("a", SECOND));
    assertEquals(Duration.ZERO, limit.take("a", 2 * SECOND));
    assertEquals(Duration.ofSeconds(2), limit.take("a", 2 * SECOND));
  }

  @Test
  void oneDoesNotHoldBackAnother() {
    for (int i = 0; i < 3; i++) {
      limit.take("a", 0);
    }
    assertEquals(Duration.ZERO, limit.take("b", 0));
  }

  @Test
  void quietTimesDoNotAddUpBeyondTheBurst() {
    limit.take("a", 0);
    for (int i = 0; i < 3; i++) {
      assertEquals(Duration.ZERO, limit.take("a", 1_000 * SECOND));
    }
    assertEquals(Duration.ofSeconds(2), limit.take("a", 1_000 * SECOND));
  }

  @Test
  void onlyTheLastAreRemembered() {
    for (int i = 0; i < 3; i++) {
      limit.take("a", 0);
    }
    limit.take("b", 0);
    limit.take("c", 0);
    assertEquals(Duration.ZERO, limit.take("a", 0));
  }

  @Test
  void whoHasRegainedAllIsForgotten() {
    RateLimit<Integer> many = new RateLimit<>(3, 0.5, 1_000);
    for (int i = 0; i < 100; i++) {
      many.take(i, 0);
    }
    assertEquals(100, many.size());

    for (int i = 0; i < 120; i++) {
      many.take(-1, (2 + i) * SECOND);
    }

    assertEquals(1, many.size());
  }
}

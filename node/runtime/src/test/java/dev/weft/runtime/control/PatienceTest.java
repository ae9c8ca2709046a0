package dev.weft.runtime.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.SeededEntropy;
import dev.weft.testkit.SeededTest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private static final Instant NOW = Instant.parse("2015-10-21T07:28:00Z");

  @SeededTest
  void failuresInARowGrowToHalfAMinuteAndJitter(SeededEntropy entropy) {
    Backoff backoff = new Backoff(entropy::fill);
    for (int n = 1; n <= 100; n++) {
      long base = Math.min(30_000, 10L * n * n);
      long millis = backoff.next().toMillis();
      assertTrue(millis >= base / 2 && millis <= base * 3 / 2, n + ": " + millis);
    }
    backoff.reset();
    assertTrue(backoff.next().toMillis() <= 15);
  }

  @Test
  void theServersWishComesFirstAndAUsersMatterIsNotRushed() {
    Patience patience = new Patience(new SeededEntropy(1)::fill);
    Duration wish = Duration.ofSeconds(40);
    assertEquals(wish, patience.after(ControlException.retryAfter("429", wish)));
    assertEquals(Duration.ofMinutes(5), patience.after(ControlException.needingUser("key")));
    assertTrue(patience.after(new IOException("reset")).toMillis() <= 15);
  }

  @SeededTest
  void retryAfterIsSecondsOrADate(SeededEntropy entropy) {
    assertEquals(Duration.ofSeconds(7), parse(" 7 ", entropy));
    assertEquals(Duration.ofSeconds(60), parse("Wed, 21 Oct 2015 07:29:00 GMT", entropy));
    assertEquals(Duration.ofHours(1), parse("3600", entropy));
  }

  @SeededTest
  void aRetryAfterOfNoUseMeansFiveToTenSeconds(SeededEntropy entropy) {
    String[] useless = {
      null, "", "soon", "-1", "0", "3601", "99999999999999999999", "Wed, 21 Oct 2015 07:27:00 GMT"
    };
    for (String header : useless) {
      long millis = parse(header, entropy).toMillis();
      assertTrue(millis >= 5_000 && millis < 10_000, header + ": " + millis);
    }
  }

  private static Duration parse(String header, SeededEntropy entropy) {
    return RetryAfter.parse(header, NOW, entropy::fill);
  }
}

package dev.weft.runtime.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.SeededEntropy;
import dev.weft.testkit.SeededTest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private static final Instant NOW = Instant.parse("2015-10-21T07:28:00Z");

  @SeededTest
  void failuresInARowDoubleToHalfAMinuteAndJitter(SeededEntropy entropy) {
    Backoff backoff = new Backoff(entropy::fill);
    for (int n = 1; n <= 100; n++) {
      long base = Math.min(30_000, 50L << Math.min(n - 1, 20));
      long millis = backoff.next().toMillis();
      assertTrue(millis >= base * 3 / 4 && millis <= base * 5 / 4, n + ": " + millis);
    }
    backoff.reset();
    assertTrue(backoff.next().toMillis() <= 63);
  }

  @Test
  void noMinuteHasMoreDialsThanItsBudget() {
    DialBudget budget = new DialBudget();
    List<Long> dials = new ArrayList<>();
    long second = 1_000_000_000L;
    for (long now = 0; now < 1_000 * second; now += second / 7) {
      Duration wait = budget.take(now);
      if (wait.isZero()) {
        dials.add(now);
      } else {
        assertTrue(wait.compareTo(DialBudget.PER) <= 0, wait::toString);
      }
    }
    for (int i = DialBudget.DIALS; i < dials.size(); i++) {
      long apart = dials.get(i) - dials.get(i - DialBudget.DIALS);
      assertTrue(apart >= DialBudget.PER.toNanos(), i + ": " + apart);
    }
    assertTrue(dials.size() >= 160, "what the budget allows is had: " + dials.size());
  }

  @Test
  void theServersWishComesFirstAndAUsersMatterIsNotRushed() {
    Patience patience = new Patience(new SeededEntropy(1)::fill);
    Duration wish = Duration.ofSeconds(40);
    assertEquals(wish, patience.after(ControlException.retryAfter("429", wish)));
    assertEquals(Duration.ofMinutes(5), patience.after(ControlException.needingUser("key")));
    assertTrue(patience.after(new IOException("reset")).toMillis() <= 63);
  }

  @SeededTest
  void retryAfterIsSecondsOrADate(SeededEntropy entropy) {
    assertEquals(Duration.ofSeconds(7), parse(" 7 ", entropy));
    assertEquals(Duration.ofSeconds(60), parse("Wed, 21 Oct 2015 07:29:00 GMT", entropy));
    assertEquals(Duration.ofHours(1), parse("3600", entropy));
  }

  @SeededTest
  void aRetryAfterOfMoreThanAnHourIsAnHour(SeededEntropy entropy) {
    for (String header :
        List.of("3601", "1000000000000", "9".repeat(5000), "Fri, 01 Jan 9999 00:00:00 GMT")) {
      assertEquals(Duration.ofHours(1), parse(header, entropy), header);
    }
  }

  @SeededTest
  void aRetryAfterOfNoUseMeansFiveToTenSeconds(SeededEntropy entropy) {
    String[] useless = {null, "", "soon", "-1", "0", "Wed, 21 Oct 2015 07:27:00 GMT"};
    for (String header : useless) {
      long millis = parse(header, entropy).toMillis();
      assertTrue(millis >= 5_000 && millis < 10_000, header + ": " + millis);
    }
  }

  private static Duration parse(String header, SeededEntropy entropy) {
    return RetryAfter.parse(header, NOW, entropy::fill);
  }
}

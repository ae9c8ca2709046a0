package dev.weft.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class SeqTest {
  @Test
  void orderIsThatOfTheDistanceWhereverTheNumbersWrap() {
    long seed = 32;
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      int a = random.nextInt();
      int distance = random.nextInt(Integer.MAX_VALUE);
      int b = a + distance;
      String why = "seed " + seed + ": " + a + " + " + distance;
      assertEquals(distance > 0, Seq.before(a, b), why);
      assertFalse(Seq.before(b, a), why);
      assertTrue(Seq.atOrBefore(a, b), why);
      assertEquals(b, Seq.later(a, b), why);
      assertEquals(b, Seq.later(b, a), why);
      assertEquals(a, Seq.earlier(a, b), why);
      assertEquals(a, Seq.earlier(b, a), why);
      assertEquals(distance > 0, Seq.within(a, a, b), why);
      assertFalse(Seq.within(b, a, b), why);
    }
  }
}

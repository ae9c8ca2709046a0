package dev.weft.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DeadlinesTest {
  private final Deadlines<String> deadlines = new Deadlines<>();

  @Test
  void nothingIsDueBeforeItsTime() {
    Deadlines.Deadline<String> a = deadlines.add("a");
    deadlines.set(a, 10);
    assertNull(deadlines.poll(9));
    assertEquals("a", deadlines.poll(10));
    assertNull(deadlines.poll(100));
    assertEquals(Deadlines.NEVER, deadlines.next());
  }

  @Test
  void atMostOnlyMakesADeadlineEarlier() {
    Deadlines.Deadline<String> a = deadlines.add("a");
    deadlines.atMost(a, 10);
    deadlines.atMost(a, 20);
    assertEquals(10, deadlines.next());
    deadlines.atMost(a, 5);
    assertEquals(5, deadlines.next());
  }

  @Test
  void theOrderAgreesWithASortedListWhateverIsMoved() {
    long seed = 77;
    Random random = new Random(seed);
    Deadlines<Integer> many = new Deadlines<>();
    List<Deadlines.Deadline<Integer>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(many.add(i));
    }
    for (int step = 0; step < 5_000; step++) {
      Deadlines.Deadline<Integer> one = all.get(random.nextInt(all.size()));
      many.set(one, random.nextInt(5) == 0 ? Deadlines.NEVER : random.nextInt(1_000));
      long earliest = all.stream().mapToLong(Deadlines.Deadline::at).min().orElse(Deadlines.NEVER);
      assertEquals(earliest, many.next(), () -> "seed " + seed);
      if (random.nextInt(10) == 0 && earliest != Deadlines.NEVER) {
        Integer owner = many.poll(earliest);
        assertEquals(Deadlines.NEVER, all.get(owner).at());
      }
    }
  }
}

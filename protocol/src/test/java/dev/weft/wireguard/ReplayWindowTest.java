package dev.weft.wireguard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ReplayWindowTest {
  private final ReplayWindow window = new ReplayWindow();

  @Test
  void aCounterIsAcceptedOnce() {
    assertTrue(window.accept(0));
    assertFalse(window.accept(0));
    assertTrue(window.accept(7));
    assertTrue(window.accept(3));
    assertFalse(window.accept(7));
    assertFalse(window.accept(3));
  }

  @Test
  void theWindowIs8128Wide() {
    assertEquals(8128, ReplayWindow.SIZE);
    assertTrue(window.accept(100_000));
    assertTrue(window.accept(100_000 - 8128));
    assertFalse(window.accept(100_000 - 8129));
  }

  @Test
  void aJumpForgetsWhatTheRingHeldBefore() {
    for (long counter = 0; counter < 10_000; counter++) {
      assertTrue(window.accept(counter));
    }
    assertTrue(window.accept(1_000_000));
    assertTrue(window.accept(1_000_000 - 8000));
    assertFalse(window.accept(9_999));
  }

  @Test
  void countersAtTheRejectLimitAreRefused() {
    assertTrue(window.accept(Keypair.REJECT_AFTER_MESSAGES - 1));
    assertFalse(window.accept(Keypair.REJECT_AFTER_MESSAGES));
    assertFalse(window.accept(-1));
    assertFalse(window.accept(0));
  }

  @Test
  void theRingAgreesWithASetOfAllCountersSeen() {
    long seed = 4711;
    Random random = new Random(seed);
    Set<Long> seen = new HashSet<>();
    long highest = 0;
    for (int i = 0; i < 100_000; i++) {
      long counter = Math.max(0, highest + random.nextInt(9_000) - 8_900);
      if (random.nextInt(500) == 0) {
        counter = highest + random.nextInt(30_000);
      }
      boolean expected = highest - counter <= ReplayWindow.SIZE && seen.add(counter);
      assertEquals(expected, window.accept(counter), () -> "seed " + seed);
      highest = Math.max(highest, counter);
    }
  }
}

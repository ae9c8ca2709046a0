package dev.weft.runtime.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.runtime.state.StateException;
import dev.weft.runtime.state.StateStore;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class HandshakeClockTest {
  private static final long NOON = 1_800_000_000_000_000_000L;

  private final StateStore store = StateStore.ephemeral();

  @Test
  void aFirstStartHasNothingToGoOnFrom() {
    assertEquals(0, HandshakeClock.open(store).resumeAfter());
  }

  @Test
  @Timeout(20)
  void theNextStartGoesOnBehindEverythingThatWasUsed() throws InterruptedException {
    HandshakeClock clock = HandshakeClock.open(store);
    clock.used(NOON);
    String first = awaitStoredOtherThan("");
    long ahead = HandshakeClock.AHEAD.toNanos();
    assertEquals(NOON + ahead, HandshakeClock.open(store).resumeAfter());
    clock.used(NOON + ahead); // still within what is stored
    clock.used(NOON + ahead + 1);
    awaitStoredOtherThan(first);
    assertTrue(HandshakeClock.open(store).resumeAfter() > NOON + ahead + 1);
  }

  @Test
  void whatIsNoTimeIsNotUsed() throws StateException {
    store.writeText(HandshakeClock.SECTION, "teatime");
    assertEquals(0, HandshakeClock.open(store).resumeAfter());
    store.writeText(HandshakeClock.SECTION, Instant.MAX.toString());
    assertEquals(0, HandshakeClock.open(store).resumeAfter());
  }

  /// The file is written on another thread.
  private String awaitStoredOtherThan(String before) throws InterruptedException {
    while (true) {
      String stored = store.readText(HandshakeClock.SECTION).orElse("");
      if (!stored.equals(before)) {
        return stored;
      }
      Thread.sleep(1);
    }
  }
}

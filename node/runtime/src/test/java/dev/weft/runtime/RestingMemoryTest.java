package dev.weft.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class RestingMemoryTest {
  private final AtomicInteger released = new AtomicInteger();
  private final RestingMemory memory = new RestingMemory(released::incrementAndGet);

  @Test
  void memoryIsGivenBackOnceAfterTheStart() {
    memory.elapsed(Duration.ofMillis(1900));
    assertEquals(0, released.get());

    memory.elapsed(Duration.ofMillis(1950));
    memory.elapsed(Duration.ofMillis(2200)); // what the release itself took on a slow machine
    memory.elapsed(Duration.ofMillis(2210));

    assertEquals(1, released.get());
  }

  @Test
  void andAgainWhenWorkHasEnded() {
    memory.elapsed(Duration.ZERO);
    memory.elapsed(Duration.ofMillis(10));
    memory.elapsed(Duration.ofSeconds(4));
    memory.elapsed(Duration.ofSeconds(9));
    assertEquals(1, released.get());

    memory.elapsed(Duration.ofMillis(9050));

    assertEquals(2, released.get());
  }
}

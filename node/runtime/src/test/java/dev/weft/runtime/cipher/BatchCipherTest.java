package dev.weft.runtime.cipher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.runtime.loop.NodeLoop;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class BatchCipherTest {
  private static final int PACKETS = 30_000;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final NodeLoop loop = new NodeLoop();
  private final CountDownLatch done = new CountDownLatch(1);

  @AfterEach
  void close() {
    loop.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void packetsOfOneKeyArriveInOrderWhateverTheirBatches(boolean beside) throws Exception {
    CipherPair pair = new CipherPair(loop, random, beside, beside);
    pair.onArrival =
        () -> {
          if (pair.arrived >= PACKETS) {
            done.countDown();
          }
        };
    loop.call(() -> {
      pair.a.send(1);
      return null;
    });
    loop.eventLoop().execute(() -> sendMore(pair));
    assertTrue(done.await(50, TimeUnit.SECONDS), () -> pair.arrived + " arrived, seed " + seed);
    assertEquals("", pair.problem, () -> "seed " + seed);
    loop.call(() -> {
      pair.close();
      return null;
    });
    assertFalse(laneThreadIsLeft());
  }

  @Test
  void whatIsUnderWayWhenItClosesIsGivenUpAndLaterBatchesGoAtOnce() throws Exception {
    CipherPair pair = new CipherPair(loop, random, true, false);
    loop.call(() -> {
      pair.a.send(1);
      for (int i = 0; i < BatchCipher.SLOTS; i++) {
        pair.a.sendFull();
      }
      int before = pair.arrived;
      pair.a.cipher.close();
      pair.sent = before; // the numbers go on after what was lost
      pair.a.sendFull();
      assertEquals(before + CipherPair.FULL, pair.arrived, "sealed at once");
      return null;
    });
    assertEquals("", pair.problem, () -> "seed " + seed);
    assertFalse(laneThreadIsLeft());
  }

  private void sendMore(CipherPair pair) {
    if (pair.sent >= PACKETS) {
      return;
    }
    for (int i = random.nextInt(12); i >= 0; i--) {
      pair.a.send(random.nextBoolean() ? 1 + random.nextInt(CipherPair.FULL) : 1);
    }
    loop.eventLoop().execute(() -> sendMore(pair));
  }

  private static boolean laneThreadIsLeft() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(t -> t.getName().equals("weft-seal") || t.getName().equals("weft-open"));
  }
}

package dev.weft.runtime.cipher;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Segments;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.testkit.SeededTest;
import dev.weft.wireguard.SessionKey;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class BatchCipherTest {
  private static final int PACKETS = 30_000;

  private final NodeLoop loop = new NodeLoop();
  private final CountDownLatch done = new CountDownLatch(1);

  @AfterEach
  void close() {
    loop.close();
  }

  @SeededTest(seeds = 2)
  void packetsSealedAtOnceArriveInOrderWhateverTheirBatches(long seed) throws Exception {
    packetsArriveInOrder(new Random(seed), false);
  }

  @SeededTest(seeds = 2)
  void packetsSealedBesideTheLoopArriveInOrderWhateverTheirBatches(long seed) throws Exception {
    packetsArriveInOrder(new Random(seed), true);
  }

  private void packetsArriveInOrder(Random random, boolean beside) throws Exception {
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
    loop.eventLoop().execute(() -> sendMore(pair, random));
    assertTrue(done.await(50, TimeUnit.SECONDS), () -> pair.arrived + " arrived");
    assertEquals("", pair.problem);
    loop.call(() -> {
      pair.close();
      return null;
    });
    assertFalse(laneThreadIsLeft());
  }

  @SeededTest(seeds = 2)
  void whatIsUnderWayWhenItClosesIsGivenUpAndLaterBatchesGoAtOnce(long seed) throws Exception {
    CipherPair pair = new CipherPair(loop, new Random(seed), true, false);
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
    assertEquals("", pair.problem);
    assertFalse(laneThreadIsLeft());
  }

  /// A key refuses the counter that it used last.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void memoryOfABatchThatDoesNotGetSealedIsGivenBack(boolean beside) throws Exception {
    CipherPair pair = new CipherPair(loop, new Random(1), beside, false);
    ByteBufAllocatorMetric memory =
        ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
    long grown =
        loop.call(() -> {
          pair.a.send(1);
          pair.a.sendFull();
          failToSeal(pair.a, beside);
          long before = memory.usedDirectMemory();
          for (int i = 0; i < 100; i++) {
            failToSeal(pair.a, beside);
          }
          pair.close();
          return memory.usedDirectMemory() - before;
        });
    assertTrue(grown < 20 * CipherPair.FULL * 1312, grown + " bytes");
  }

  private static void failToSeal(CipherPair.Side side, boolean beside) {
    SessionKey key = requireNonNull(side.lastKey);
    Segments full = Segments.of(new byte[CipherPair.FULL * 1280], 0, CipherPair.FULL * 1280, 1280);
    if (beside) {
      side.cipher.seal(key, side.lastCounter, full, CipherPair.PATH);
      side.cipher.settle(key);
    } else {
      assertThrows(
          IllegalStateException.class,
          () -> side.cipher.seal(key, side.lastCounter, full, CipherPair.PATH));
    }
  }

  private void sendMore(CipherPair pair, Random random) {
    if (pair.sent >= PACKETS) {
      return;
    }
    for (int i = random.nextInt(12); i >= 0; i--) {
      pair.a.send(random.nextBoolean() ? 1 + random.nextInt(CipherPair.FULL) : 1);
    }
    loop.eventLoop().execute(() -> sendMore(pair, random));
  }

  private static boolean laneThreadIsLeft() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(t -> t.getName().equals("weft-seal") || t.getName().equals("weft-open"));
  }
}

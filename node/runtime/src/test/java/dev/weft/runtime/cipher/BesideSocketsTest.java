package dev.weft.runtime.cipher;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.base.Datagrams;
import dev.weft.runtime.host.BatchReceiver;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.runtime.loop.Transport;
import dev.weft.testkit.SeededTest;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/// Both lanes between two real sockets, whose memory is exchanged for that of the lane.
@Timeout(60)
final class BesideSocketsTest {
  private static final int PACKETS = 4000;

  /// Sealed 17 KB: a run that is large enough to go beside the loop.
  private static final int FIRST_RUN = 13;

  private static final int RUNS_BEHIND = 15;
  private static final int RECEIVER = 4; // where a message names the session it is for

  /// More may be lost by a socket that has the system's usual buffer.
  private static final int MOST_UNDER_WAY = 40;

  private final NodeLoop loop = new NodeLoop();
  private final CountDownLatch done = new CountDownLatch(1);
  private boolean isTurnDue;

  @AfterEach
  void close() {
    loop.close();
  }

  @SeededTest(seeds = 3)
  void batchesOfManyRunsAndSmallOnesBehindThemArriveWholeAndInOrder(long seed) throws Exception {
    assumeTrue(
        Transport.best() == Transport.EPOLL && BatchReceiver.isAvailable(),
        "no epoll, or no native access: Linux x86-64 has both");
    Random random = new Random(seed);
    CipherPair pair = new CipherPair(loop, random, true, true);
    pair.sentDigest = MessageDigest.getInstance("SHA-256");
    pair.arrivedDigest = MessageDigest.getInstance("SHA-256");
    pair.a.onWire = BesideSocketsTest::split;
    pair.a.connect();
    pair.b.connect();
    pair.onArrival = () -> sendMore(pair, random);
    loop.call(() -> {
      pair.a.send(1); // the handshake
      return null;
    });

    assertTrue(done.await(50, TimeUnit.SECONDS), () -> pair.arrived + " arrived; " + pair.problem);
    loop.call(() -> {
      pair.close();
      return null;
    });
    assertEquals("", pair.problem);
    assertEquals(pair.sent, pair.arrived);
    assertArrayEquals(pair.sentDigest.digest(), pair.arrivedDigest.digest());
    assertTrue(pair.b.mostRuns > BatchCipher.SLOTS, pair.b.mostRuns + " runs in one batch");
    assertTrue(pair.b.kept > 10, pair.b.kept + " kept without a copy");
  }

  /// One large batch and, while its key is in the lane, small ones: nothing leaves the lane before
  /// the loop's turn ends.
  private void sendMore(CipherPair pair, Random random) {
    if (pair.arrived == pair.sent && pair.sent >= PACKETS) {
      done.countDown();
    } else if (!isTurnDue && pair.sent < PACKETS && pair.sent - pair.arrived < MOST_UNDER_WAY) {
      isTurnDue = true;
      loop.eventLoop()
          .execute(() -> {
            isTurnDue = false;
            pair.a.sendFull(FIRST_RUN + RUNS_BEHIND);
            for (int i = random.nextInt(4); i > 0; i--) {
              pair.a.send(1 + random.nextInt(4));
            }
          });
    }
  }

  /// Puts a message of nobody's session before each of the last: what is between them are runs of
  /// their own.
  private static Datagrams split(Datagrams sealed) {
    if (sealed.count() != FIRST_RUN + RUNS_BEHIND) {
      return sealed;
    }
    int size = sealed.segmentSize();
    MemorySegment out = MemorySegment.ofArray(new byte[(sealed.count() + RUNS_BEHIND) * size]);
    int end = 0;
    for (int i = 0; i < sealed.count(); i++) {
      MemorySegment message = sealed.memory().asSlice(sealed.offset(i), size);
      for (int copies = i < FIRST_RUN ? 1 : 2; copies > 0; copies--) {
        MemorySegment copy = out.asSlice(end, size).copyFrom(message);
        if (copies == 2) {
          byte index = copy.get(JAVA_BYTE, RECEIVER);
          copy.set(JAVA_BYTE, RECEIVER, (byte) ~index);
        }
        end += size;
      }
    }
    return Datagrams.of(out, 0, end, size);
  }
}

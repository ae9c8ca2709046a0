package dev.weft.netstack;

import static dev.weft.netstack.Pair.MILLI;
import static dev.weft.netstack.Pair.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How fast a stream is over a link of 100 Mbit/s, by round-trip time and loss. A change of the
/// congestion control or of loss recovery shows here as a number.
final class ThroughputTest {
  private static final long SEEDS = 5;

  @ParameterizedTest
  @CsvSource({
    // round trip (ms), loss, bytes, Mbit/s
    "2,   0,     20000000, 95.7",
    "2,   0.001, 20000000, 95.5",
    "2,   0.01,  10000000, 59.9",
    "2,   0.05,   4000000, 16.9",
    "20,  0,     20000000, 89.8",
    "20,  0.001, 10000000, 34.5",
    "20,  0.01,   4000000, 10.1",
    "20,  0.05,   1000000, 2.75",
    "100, 0,     20000000, 62.8",
    "100, 0.001,  4000000, 9.5",
    "100, 0.01,   1000000, 4.5",
  })
  void theTableOfThroughput(long roundTrip, double loss, int bytes, double expected) {
    double sum = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      sum += megabits(seed, roundTrip, loss, bytes);
    }
    double mean = sum / SEEDS;
    assertEquals(expected, mean, expected * 0.05, "seeds 1 to " + SEEDS);
  }

  private static double megabits(long seed, long roundTrip, double loss, int bytes) {
    Pair pair = new Pair(seed);
    pair.faults = Pair.Faults.loss(loss, roundTrip * MILLI / 2);
    pair.rate = 12_500_000;
    pair.queueBytes = Math.max(100_000, roundTrip * pair.rate / 1000);
    Peer server = pair.listen(80);
    server.keepsBytes = false;
    Peer client = pair.connect(80, true);
    client.shutdownWhenWritten = true;
    client.send(new byte[bytes]);
    long start = pair.now;
    pair.runUntil(() -> server.ended, 600 * SECOND);
    assertEquals(0, pair.b.drops(Drop.NO_MEMORY));
    return bytes * 8.0 / 1e6 * SECOND / (pair.now - start);
  }
}

package dev.weft.netstack;

import static dev.weft.netstack.Pair.MILLI;
import static dev.weft.netstack.Pair.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole streams between two stacks over links of all kinds.
final class TransferTest {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bytesArriveUnchangedInBothDirections(boolean v4) {
    Pair pair = new Pair(1);
    Peer server = pair.listen(80);
    Peer client = pair.connect(80, v4);
    byte[] up = bytes(2, 3_000_000);
    byte[] down = bytes(3, 2_000_000);
    client.shutdownWhenWritten = true;
    client.send(up);
    pair.runUntil(() -> server.connected, SECOND);
    server.shutdownWhenWritten = true;
    server.send(down);
    pair.runUntil(() -> client.ended && server.ended, 20 * SECOND);
    assertEquals(Arrays.hashCode(up), server.receivedHash);
    assertEquals(Arrays.hashCode(down), client.receivedHash);
    assertTrue(pair.largestBatch > 20, "batches of " + pair.largestBatch);
    pair.runUntil(() -> client.closed != null && server.closed != null, SECOND);
    assertEquals(CloseReason.FINISHED, client.closed);
    assertEquals(CloseReason.FINISHED, server.closed);
    pair.runFor(70 * SECOND);
    assertEquals(0, pair.a.connections() + pair.b.connections());
    assertEquals(0, pair.a.bufferBytes() + pair.b.bufferBytes());
  }

  @ParameterizedTest
  @CsvSource({
    "0.01, 0, 0, 0",
    "0.05, 0, 0, 0",
    "0, 0.1, 0, 0",
    "0, 0, 0.1, 0",
    "0, 0, 0, 0.02",
    "0.03, 0.05, 0.02, 0.01",
    "0.2, 0.1, 0.1, 0.02"
  })
  void bytesArriveUnchangedWhateverTheLinkDoes(
      double loss, double reorder, double duplicate, double corrupt) {
    for (long seed = 1; seed <= 10; seed++) {
      Pair pair = new Pair(seed);
      pair.faults = new Pair.Faults(loss, reorder, duplicate, corrupt, 5 * MILLI, MILLI);
      Peer server = pair.listen(80);
      Peer client = pair.connect(80, seed % 2 == 0);
      byte[] up = bytes(seed, 300_000);
      byte[] down = bytes(-seed, 200_000);
      client.shutdownWhenWritten = true;
      client.send(up);
      server.shutdownWhenWritten = true;
      server.send(down);
      try {
        pair.runUntil(() -> client.ended && server.ended, 600 * SECOND);
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed "
                + seed
                + ": up "
                + server.receivedBytes
                + " down "
                + client.receivedBytes
                + " "
                + client.socket
                + " closed "
                + client.closed
                + " "
                + server.closed,
            e);
      }
      assertEquals(Arrays.hashCode(up), server.receivedHash, "seed " + seed);
      assertEquals(Arrays.hashCode(down), client.receivedHash, "seed " + seed);
    }
  }

  static byte[] bytes(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}

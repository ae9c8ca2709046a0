package dev.weft.netstack;

import static dev.weft.netstack.Pair.MILLI;
import static dev.weft.netstack.Pair.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Many streams at once, each in both directions, over a link that loses, overtakes and duplicates.
final class StreamsTest {
  private static final boolean LONG = Integer.getInteger("weft.soak", 1) > 1;
  private static final int STREAMS = LONG ? 100 : 8;
  private static final int BYTES = LONG ? 10 << 20 : 1 << 20;

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void allBytesOfAllStreamsArriveBothWays(long seed) {
    Pair pair = new Pair(seed);
    pair.faults = new Pair.Faults(0.02, 0.02, 0.01, 0, 5 * MILLI, MILLI);
    List<Streamer> ends = start(pair, STREAMS, BYTES);
    long start = pair.now;
    pair.runUntil(() -> ends.stream().allMatch(e -> e.isComplete()), 3600 * SECOND);
    double seconds = (pair.now - start) / (double) SECOND;
    System.out.printf(
        "seed %d: %d streams of %d MiB each way in %.1f s of virtual time, %.0f Mbit/s each way%n",
        seed, STREAMS, BYTES >> 20, seconds, STREAMS * 8e-6 * BYTES / seconds);
    ends.forEach(e -> e.socket.close());
    pair.faults = Pair.Faults.NONE;
    pair.runFor(600 * SECOND);
    ends.forEach(e -> assertNull(e.failure, "seed " + seed));
    assertEquals(0, pair.a.connections() + pair.b.connections());
    assertEquals(0, pair.a.bufferBytes() + pair.b.bufferBytes());
  }

  @Test
  void streamsOfOneLinkShareIt() {
    Pair pair = new Pair(3);
    pair.faults = new Pair.Faults(0, 0, 0, 0, 10 * MILLI, 0);
    pair.rate = 12_500_000;
    pair.queueBytes = 250_000;
    List<Streamer> ends = start(pair, 8, 1 << 30);
    pair.runFor(60 * SECOND);
    double sum = 0;
    double squares = 0;
    for (Streamer end : ends) {
      double got = end.incoming.position();
      sum += got;
      squares += got * got;
    }
    // Jain's index: 1 when all have the same.
    double fairness = sum * sum / (ends.size() * squares);
    assertTrue(fairness > 0.9, "fairness " + fairness);
    assertTrue(sum > 0.9 * 2 * 60 * pair.rate * 1228 / 1280, sum + " bytes");
  }

  private static List<Streamer> start(Pair pair, int streams, long bytes) {
    List<Streamer> ends = new ArrayList<>();
    for (int i = 0; i < streams; i++) {
      int id = 2 * i;
      Streamer client = new Streamer(id, id + 1, bytes);
      Streamer server = new Streamer(id + 1, id, bytes);
      pair.b.listen(
          1000 + i,
          socket -> {
            server.socket = socket;
            socket.setHandler(server);
            server.onConnected();
          });
      client.socket =
          pair.a.connect(pair.now, new dev.weft.base.Endpoint(Pair.B4, 1000 + i), client);
      ends.add(client);
      ends.add(server);
    }
    return ends;
  }

  /// Sends one pattern and expects another.
  private static final class Streamer implements TcpHandler {
    final Pattern outgoing;
    final Pattern incoming;
    TcpSocket socket;
    CloseReason failure;
    private boolean ended;
    private final ByteBuffer chunk = ByteBuffer.allocate(1 << 16);

    Streamer(int sends, int expects, long length) {
      outgoing = new Pattern(sends, length);
      incoming = new Pattern(expects, length);
    }

    boolean isComplete() {
      return outgoing.isComplete() && incoming.isComplete() && ended;
    }

    @Override
    public void onConnected() {
      onWritable();
    }

    @Override
    public void onReadable() {
      int n;
      while ((n = socket.read(chunk.clear())) > 0) {
        incoming.check(chunk.array(), 0, n);
      }
      ended = socket.isInputEnded();
    }

    @Override
    public void onWritable() {
      int taken = 1;
      while (taken > 0 && !outgoing.isComplete()) {
        taken = socket.write(outgoing.next());
        outgoing.took(taken);
      }
      if (outgoing.isComplete()) {
        socket.shutdownOutput();
      }
    }

    @Override
    public void onClosed(CloseReason reason) {
      failure = reason == CloseReason.FINISHED ? null : reason;
    }
  }
}

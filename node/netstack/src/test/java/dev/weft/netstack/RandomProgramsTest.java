package dev.weft.netstack;

import static dev.weft.netstack.Pair.MILLI;
import static dev.weft.netstack.Pair.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Endpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random applications on random links: what arrives is always a prefix of what was sent, and the
/// whole when the end was seen; nothing hangs, nothing is left behind.
final class RandomProgramsTest {
  private static final long SEEDS = 80L * Integer.getInteger("weft.soak", 1);
  private static final long LIMIT = 7200 * SECOND;

  /// One end of one connection with a mind of its own.
  private static final class Program {
    final Peer peer = new Peer();
    final List<byte[]> written = new ArrayList<>();
    int actions;
    boolean isOver;

    byte[] all() {
      int length = written.stream().mapToInt(w -> w.length).sum();
      byte[] all = new byte[length];
      int at = 0;
      for (byte[] w : written) {
        System.arraycopy(w, 0, all, at, w.length);
        at += w.length;
      }
      return all;
    }
  }

  private record Flow(Program client, Program server) {}

  @Test
  void streamsArePrefixesAndNothingIsLeftBehind() {
    for (long seed = 0; seed < SEEDS; seed++) {
      run(seed);
    }
  }

  private static void run(long seed) {
    Pair pair = new Pair(seed);
    Random random = new Random(~seed);
    if (seed % 4 != 0) {
      double scale = random.nextDouble();
      pair.faults =
          new Pair.Faults(
              0.15 * scale * random.nextDouble(),
              0.3 * random.nextDouble(),
              0.1 * random.nextDouble(),
              0.05 * scale * random.nextDouble(),
              random.nextLong(50 * MILLI),
              1 + random.nextLong(5 * MILLI));
    }
    List<Flow> flows = start(pair, random);
    long end = pair.now + LIMIT;
    while (pair.now < end && flows.stream().anyMatch(f -> !isDone(f))) {
      Flow flow = flows.get(random.nextInt(flows.size()));
      act(random.nextBoolean() ? flow.client : flow.server, random);
      pair.runFor(random.nextInt(4) == 0 ? random.nextLong(SECOND) : random.nextLong(5 * MILLI));
      if (flows.stream().allMatch(f -> f.client.isOver && f.server.isOver)) {
        pair.runFor(30 * SECOND);
      }
    }
    String why = "seed " + seed;
    for (Flow flow : flows) {
      assertTrue(isDone(flow), () -> why + ": " + flow.client.peer + " and " + flow.server.peer);
      check(flow.client, flow.server, why + " up");
      check(flow.server, flow.client, why + " down");
      release(flow.client);
      release(flow.server);
    }
    // Orphans and TIME-WAIT run out; a peer that never heard of a reset gives up on its own.
    pair.faults = Pair.Faults.NONE;
    pair.runFor(3600 * SECOND);
    assertEquals(0, pair.a.connections(), why);
    assertEquals(0, pair.b.connections(), why);
    assertEquals(0, pair.a.bufferBytes() + pair.b.bufferBytes(), why);
  }

  private static List<Flow> start(Pair pair, Random random) {
    List<Flow> flows = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      Flow flow = new Flow(new Program(), new Program());
      int port = 1000 + i;
      pair.b.listen(
          port,
          socket -> {
            flow.server.peer.socket = socket;
            socket.setHandler(flow.server.peer);
            socket.setKeepAlive(60 * SECOND, 10 * SECOND);
            flow.server.peer.onConnected();
          });
      boolean v4 = random.nextBoolean();
      flow.client.peer.socket =
          pair.a.connect(pair.now, new Endpoint(v4 ? Pair.B4 : Pair.B6, port), flow.client.peer);
      flow.client.peer.socket.setKeepAlive(60 * SECOND, 10 * SECOND);
      flows.add(flow);
    }
    return flows;
  }

  /// What an application does with a connection that is over: it lets go of what it has not read.
  private static void release(Program program) {
    if (program.peer.socket != null) {
      program.peer.socket.close();
    }
  }

  private static boolean isDone(Flow flow) {
    boolean never = flow.client.peer.closed != null && flow.server.peer.socket == null;
    return never || flow.client.peer.closed != null && flow.server.peer.closed != null;
  }

  private static void act(Program program, Random random) {
    Peer peer = program.peer;
    if (peer.socket == null || !peer.connected || program.isOver) {
      return;
    }
    program.actions++;
    int choice = program.actions > 25 ? 18 + random.nextInt(2) : random.nextInt(20);
    switch (choice) {
      case 0, 1, 2, 3, 4, 5, 6, 7 -> {
        if (!peer.shutdownWhenWritten) {
          int most = random.nextInt(3) == 0 ? 300_000 : 2000;
          byte[] bytes = new byte[random.nextInt(most)];
          random.nextBytes(bytes);
          program.written.add(bytes);
          peer.send(bytes);
        }
      }
      case 8, 9 -> peer.paused = true;
      case 10, 11, 12, 13, 14 -> peer.resume();
      case 15 -> peer.socket.setNoDelay(random.nextBoolean());
      case 16 -> {
        peer.shutdownWhenWritten = true;
        peer.send(new byte[0]);
      }
      case 17 -> {}
      default -> finish(program, random);
    }
  }

  private static void finish(Program program, Random random) {
    Peer peer = program.peer;
    program.isOver = true;
    peer.resume();
    switch (random.nextInt(8)) {
      case 0 -> peer.socket.abort();
      case 1 -> peer.socket.close();
      default -> {
        peer.closeWhenEnded = true;
        peer.shutdownWhenWritten = true;
        peer.send(new byte[0]);
        peer.onReadable();
      }
    }
  }

  private static void check(Program from, Program to, String why) {
    byte[] sent = from.all();
    byte[] received = to.peer.received.toByteArray();
    assertTrue(received.length <= sent.length, why);
    int differs = Arrays.mismatch(sent, 0, received.length, received, 0, received.length);
    assertEquals(-1, differs, why);
    if (to.peer.ended && from.peer.isWritten()) {
      assertEquals(sent.length, received.length, why);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void readersThatNeverReadCannotTakeAllMemory(long seed) {
    Pair pair = new Pair(seed, NetstackConfig.DEFAULT.withMemoryLimit(4 << 20));
    List<Peer> servers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Peer server = pair.listen(1000 + i);
      server.paused = true;
      servers.add(server);
      Peer client = pair.connect(1000 + i, true);
      client.send(new byte[1 << 20]);
    }
    pair.runFor(20 * SECOND);
    assertTrue(pair.b.bufferBytes() <= 5 << 20, pair.b.bufferBytes() + " bytes");
    assertTrue(pair.a.bufferBytes() <= 5 << 20, pair.a.bufferBytes() + " bytes");
    // One more connection still gets on.
    Peer server = pair.listen(80);
    Peer client = pair.connect(80, true);
    client.send(TransferTest.bytes(seed, 100_000));
    pair.runUntil(() -> server.receivedBytes == 100_000, 600 * SECOND);
    // And those that start to read finish.
    for (Peer waiting : servers) {
      waiting.resume();
    }
    pair.runUntil(() -> servers.stream().allMatch(s -> s.receivedBytes == 1 << 20), 1200 * SECOND);
  }
}

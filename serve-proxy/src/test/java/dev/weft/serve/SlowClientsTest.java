package dev.weft.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ipn.serve.HostPort;
import dev.weft.ipn.serve.HttpHandler;
import dev.weft.ipn.serve.ServeConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Clients that send and take so little that only their connection counts, and those that look like
/// them and are not, under the timeouts of the product and on a clock that the test moves.
class SlowClientsTest {
  private static final HostPort HOST = new HostPort("a.lab.net", 80);
  private static final InetSocketAddress LOCAL = new InetSocketAddress("100.64.0.1", 80);
  private static final InetSocketAddress REMOTE = new InetSocketAddress("100.64.0.2", 4242);
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final Router router =
      new Router(
          ServeConfig.EMPTY
              .withWebHandler(
                  HOST, "/", HttpHandler.proxyTo("http://127.0.0.1:1", List.of()), false)
              .withWebHandler(HOST, "/text", HttpHandler.ofText("t".repeat(1000)), false));
  private final List<Line> lines = new ArrayList<>();
  private final List<EmbeddedChannel> others = new ArrayList<>();
  private final List<Line> backends = new ArrayList<>();
  private final BufferShare buffers = new BufferShare();
  private final BackendPool pool = new BackendPool(this::dial, Timeouts.DEFAULT, buffers);
  private final ProxyContext context =
      new ProxyContext(
          () -> router, pool, buffers, Timeouts.DEFAULT, _ -> Optional.empty(), () -> "lab.net");

  /// The far end of a connection: takes no more of what is sent than the test lets it.
  private static final class Line extends EmbeddedChannel {
    private final StringBuilder taken = new StringBuilder();
    private long allowance;
    private long takenBytes;

    Line(ChannelHandler handler, boolean greedy) {
      allowance = greedy ? Long.MAX_VALUE : 0;
      freezeTime();
      pipeline().addLast(handler);
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
      while (in.current() instanceof ByteBuf bytes && allowance > 0) {
        int length = (int) Math.min(bytes.readableBytes(), allowance);
        if (allowance != Long.MAX_VALUE) {
          allowance -= length;
        }
        takenBytes += length;
        if (taken.length() < 10_000) {
          taken.append(
              bytes.toString(
                  bytes.readerIndex(), Math.min(length, 10_000), StandardCharsets.ISO_8859_1));
        }
        if (length == bytes.readableBytes()) {
          in.remove();
        } else {
          bytes.skipBytes(length);
          in.progress(length);
        }
      }
    }

    void take(long bytes) {
      allowance += bytes;
      unsafe().flush();
      flush();
      runPendingTasks();
    }

    void send(String text) {
      writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    long pending() {
      ChannelOutboundBuffer waiting = unsafe().outboundBuffer();
      return waiting == null ? 0 : waiting.totalPendingWriteBytes();
    }
  }

  private Line client(boolean greedy) {
    Line client = new Line(new FrontConnection(context, LOCAL, REMOTE), greedy);
    lines.add(client);
    return client;
  }

  private Future<Channel> dial(String host, int port, ChannelHandler handler) {
    Line backend = new Line(handler, true);
    lines.add(backend);
    backends.add(backend);
    return ImmediateEventExecutor.INSTANCE.newSucceededFuture(backend);
  }

  /// In steps, lest a timer that is set anew begins late.
  private void pass(Duration time) {
    for (long second = 0; second < time.toSeconds(); second++) {
      for (Line line : List.copyOf(lines)) {
        line.advanceTimeBy(1, TimeUnit.SECONDS);
        line.runScheduledPendingTasks();
      }
    }
  }

  /// Others, who do nothing but be there.
  private void crowd() {
    for (int i = 0; i <= 256; i++) {
      EmbeddedChannel other = new EmbeddedChannel();
      others.add(other);
      buffers.join(other);
    }
  }

  @AfterEach
  void nothingIsLeft() {
    others.forEach(EmbeddedChannel::close);
    lines.forEach(EmbeddedChannel::finishAndReleaseAll);
    assertEquals(0, buffers.size());
  }

  // Heads and bodies.

  @Test
  void aHeadHasTwentySecondsHoweverOftenAByteComes() {
    Line client = client(true);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n");
    for (int second = 0; second < 19; second++) {
      client.send("X-A: b\r\n");
      pass(Duration.ofSeconds(1));
    }
    assertTrue(client.isOpen());
    pass(Duration.ofSeconds(1));
    assertTrue(client.taken.toString().startsWith("HTTP/1.1 408"), client.taken::toString);
    pass(Duration.ofSeconds(3));
    assertFalse(client.isOpen());
    assertEquals(0, backends.size());
  }

  @Test
  void amongManyABodyThatTricklesInHoldsNoBackendBeyondItsWindow() {
    crowd();
    Line client = client(true);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    for (int second = 0; second < 29; second++) {
      client.send("0123456789");
      pass(Duration.ofSeconds(1));
    }
    assertTrue(backends.getFirst().isOpen());
    pass(Duration.ofSeconds(1));
    assertTrue(client.taken.toString().startsWith("HTTP/1.1 408"), client.taken::toString);
    assertFalse(backends.getFirst().isOpen());
    assertEquals(0, pool.openCount());
  }

  @Test
  void chunksOfOneByteAreCountedByWhatIsInThem() {
    crowd();
    Line client = client(true);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int second = 0; second < 30; second++) {
      client.send(("1;" + "x".repeat(200) + "\r\n0\r\n"));
      pass(Duration.ofSeconds(1));
    }
    assertTrue(client.taken.toString().startsWith("HTTP/1.1 408"), client.taken::toString);
  }

  @Test
  void amongManyASlowUploadThatMovesLastsAsLongAsItLasts() {
    crowd();
    Line client = client(true);
    int pieces = 40;
    client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + 4096 * pieces + "\r\n\r\n");
    for (int i = 0; i < pieces; i++) {
      pass(Duration.ofSeconds(29)); // cut off, then everything that was on its way
      client.send("x".repeat(4096));
      pass(Duration.ofSeconds(1));
    }
    backends.getFirst().send(OK);
    assertTrue(client.taken.toString().endsWith("ok"), client.taken::toString);
  }

  @Test
  void aBackendThatTakesItsTimeIsNotTheClientsFault() {
    Line client = client(true);
    client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
    Line backend = backends.getFirst();
    backend.allowance = 0;
    client.send("x".repeat(300_000));
    assertFalse(backend.isWritable());
    pass(Duration.ofMinutes(4));
    assertTrue(client.isOpen());
    backend.allowance = Long.MAX_VALUE;
    backend.take(0);
    client.send("x".repeat(700_000));
    backend.send(OK);
    assertTrue(client.taken.toString().endsWith("ok"), client.taken::toString);
  }

  /// `tail -f log | curl -T -`
  @Test
  void anUploadOfAHundredBytesASecondLastsForMinutes() {
    Line client = client(true);
    client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int second = 0; second < 300; second++) {
      client.send("64\r\n" + "x".repeat(100) + "\r\n");
      pass(Duration.ofSeconds(1));
    }
    client.send("0\r\n\r\n");
    backends.getFirst().send(OK);
    assertTrue(client.taken.toString().endsWith("ok"), client.taken::toString);
  }

  @Test
  void anUploadInWhichNothingComesIsOver() {
    Line client = client(true);
    client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
    for (int i = 0; i < 10; i++) {
      client.send("x");
      pass(Duration.ofSeconds(29));
    }
    assertTrue(backends.getFirst().isOpen());
    assertEquals("", client.taken.toString());
    pass(Duration.ofSeconds(31)); // what is left of a window, and one in which nothing comes
    assertTrue(client.taken.toString().startsWith("HTTP/1.1 408"), client.taken::toString);
    assertFalse(backends.getFirst().isOpen());
  }

  // Those who do not take what they asked for.

  private Line stuckReader() {
    Line client = client(false);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    Line backend = backends.getLast();
    backend.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
    while (client.isWritable()) {
      backend.send("x".repeat(60_000));
    }
    return client;
  }

  /// A film that is paused, `curl | less`, a laptop that is away.
  @Test
  void aReaderThatTakesNothingForAWhileGoesOn() {
    Line client = stuckReader();
    for (int pause = 0; pause < 20; pause++) {
      pass(Duration.ofSeconds(119));
      assertTrue(client.isOpen());
      client.take(1);
    }
    client.take(100_000_000);
    backends.getFirst().send("y".repeat(60_000));
    client.take(0);
    assertTrue(client.takenBytes > 200_000, () -> "only " + client.takenBytes);
    assertTrue(client.isOpen());
  }

  @Test
  void aReaderThatTakesNothingForTwoMinutesIsLeft() {
    Line client = stuckReader();
    pass(Duration.ofSeconds(119));
    assertTrue(client.isOpen());
    pass(Duration.ofSeconds(1));
    assertFalse(client.isOpen());
    assertEquals(0, pool.openCount());
  }

  @Test
  void whatIsLeftOfAnAnswerMayWaitForTwoMinutesToo() {
    Line client = client(false);
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    backends
        .getFirst()
        .send("HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n" + "x".repeat(50_000));
    pass(Duration.ofSeconds(119));
    assertTrue(client.isOpen());
    pass(Duration.ofSeconds(1));
    assertFalse(client.isOpen());
  }

  @Test
  void whenOthersComeAPauseIsOverAndWhenTheyGoThereMayBePausesAgain() {
    Line paused = stuckReader();
    pass(Duration.ofSeconds(60));
    assertTrue(paused.isOpen());
    crowd();
    pass(Duration.ofSeconds(30));
    assertFalse(paused.isOpen());

    others.forEach(EmbeddedChannel::close);
    Line next = stuckReader();
    pass(Duration.ofSeconds(60));
    assertTrue(next.isOpen());
  }

  @Test
  void amongManyAClientThatTakesAByteNowAndThenIsLeft() {
    crowd();
    Line client = stuckReader();
    for (int second = 0; second < 30; second++) {
      assertTrue(client.isOpen());
      client.take(5);
      pass(Duration.ofSeconds(1));
    }
    assertFalse(client.isOpen());
    assertEquals(0, pool.openCount());
  }

  @Test
  void amongManyAClientOnABadLineIsWaitedFor() {
    crowd();
    Line client = client(false);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    Line backend = backends.getFirst();
    backend.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
    for (int window = 0; window < 100; window++) {
      if (client.isWritable()) {
        backend.send("x".repeat(60_000));
      }
      pass(Duration.ofSeconds(29));
      client.take(5000);
      pass(Duration.ofSeconds(1));
    }
    assertTrue(client.isOpen());
    assertTrue(client.takenBytes >= 500_000);
  }

  /// A response that fits into the buffers is over for the backend, and not for the client.
  @Test
  void amongManyAnAnswerThatIsNotTakenDoesNotHoldTheConnectionAsAnIdleOne() {
    crowd();
    Line client = client(false);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    backends
        .getFirst()
        .send("HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n" + "x".repeat(50_000));
    assertEquals(1, pool.idleCount());
    for (int second = 0; second < 31; second++) {
      client.take(5);
      pass(Duration.ofSeconds(1));
    }
    assertFalse(client.isOpen());
  }

  @Test
  void oneWhoAsksAndDoesNotListenIsNotAnsweredWithoutEnd() {
    Line client = client(false);
    String request = "GET /text HTTP/1.1\r\nHost: a\r\n\r\n";
    for (int i = 0; i < 100; i++) {
      client.send(request.repeat(50));
    }
    assertTrue(client.pending() < 300_000, () -> client.pending() + " bytes wait");
    for (int i = 0; i < 40; i++) {
      client.take(200_000);
    }
    assertTrue(client.takenBytes > 5_000_000, () -> "only " + client.takenBytes);
    assertTrue(client.isOpen());
  }

  // Those who only look slow.

  @Test
  void aQuietConnectionStaysThreeMinutesAndNoLonger() {
    Line client = client(true);
    client.send("GET /text HTTP/1.1\r\nHost: a\r\n\r\n");
    pass(Duration.ofSeconds(179));
    assertTrue(client.isOpen());
    client.send("GET /text HTTP/1.1\r\nHost: a\r\n\r\n");
    pass(Duration.ofSeconds(179));
    assertTrue(client.isOpen());
    pass(Duration.ofSeconds(2));
    assertFalse(client.isOpen());
  }

  @Test
  void anEventNowAndThenKeepsAStreamForHours() {
    Line client = client(true);
    client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
    Line backend = backends.getFirst();
    backend.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
    for (int hour = 0; hour < 5; hour++) {
      pass(Duration.ofHours(1));
      backend.send("data: 1\n\n");
    }
    assertTrue(client.taken.toString().endsWith("data: 1\n\n\r\n"), client.taken::toString);
    assertTrue(client.isOpen());
  }

  @Test
  void anUpgradedConnectionMayBeSilentForHours() {
    Line client = client(true);
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    Line backend = backends.getFirst();
    backend.send(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    pass(Duration.ofHours(5));
    backend.send("ping");
    assertTrue(client.taken.toString().endsWith("ping"), client.taken::toString);
    client.send("pong");
    assertTrue(backend.taken.toString().endsWith("pong"), backend.taken::toString);
  }

  @Test
  void aLongPollMayWaitForMinutes() {
    Line client = client(true);
    client.send("GET /poll HTTP/1.1\r\nHost: a\r\n\r\n");
    pass(Duration.ofSeconds(299));
    backends.getFirst().send(OK);
    assertTrue(client.taken.toString().endsWith("ok"), client.taken::toString);
  }

  // Memory.

  @Test
  void manyWhoTakeNothingHoldNoMoreThanTheirShare() {
    int count = 512;
    List<Line> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Line client = client(false);
      clients.add(client);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      Line backend = backends.getLast();
      backend.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
      while (client.isWritable()) {
        backend.send("x".repeat(buffers.largestRead()));
      }
    }
    long held = clients.stream().mapToLong(Line::pending).sum();
    // The first had more before the others came, and keeps it until it is taken.
    assertTrue(held < 2L * BufferShare.TOTAL, () -> held + " bytes");
    assertEquals(2 * count, buffers.size());
    assertTrue(buffers.largestRead() >= 8 << 10);
    clients.forEach(EmbeddedChannel::close);
    for (int i = 0; i < 8; i++) {
      Line client = client(true);
      client.send("GET /text HTTP/1.1\r\nHost: a\r\n\r\n");
      client.close();
    }
    assertEquals(64 << 10, buffers.largestRead());
  }
}

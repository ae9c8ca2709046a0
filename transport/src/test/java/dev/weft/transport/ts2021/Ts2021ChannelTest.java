package dev.weft.transport.ts2021;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.keys.MachinePrivateKey;
import dev.weft.testkit.SeededEntropy;
import dev.weft.testkit.SeededTest;
import dev.weft.ts2021.ClientHandshake;
import dev.weft.ts2021.Fault;
import dev.weft.ts2021.SecureChannel;
import dev.weft.ts2021.ServerHandshake;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Both handlers back to back over two embedded channels, the bytes between them in our hands.
class Ts2021ChannelTest {
  private static final int VERSION = 130;

  /// A Close frame with 1008 and its text.
  private static final String POLICY_VIOLATION =
      new String(new byte[] {(byte) 0x88, 18, 3, (byte) 0xf0}, ISO_8859_1) + "Policy violation";

  private final SeededEntropy entropy = new SeededEntropy(7);
  private final MachinePrivateKey serverKey = MachinePrivateKey.generate(entropy::fill);
  private final MachinePrivateKey machine = MachinePrivateKey.generate(entropy::fill);
  private final Promise<Channel> done = ImmediateEventExecutor.INSTANCE.newPromise();
  private final Received onServer = new Received();
  private final Received onClient = new Received();
  private @Nullable Ts2021Peer peer;
  private EmbeddedChannel server;

  @BeforeEach
  void startServer() {
    server =
        new EmbeddedChannel(
            new HttpServerCodec(),
            new Ts2021ServerHandler(
                serverKey,
                entropy::fill,
                (inner, who) -> {
                  peer = who;
                  inner.addLast(onServer);
                }),
            new HttpObjectAggregator(1024));
  }

  @Test
  void bothEndsOpenAndTellWhoTheOtherIs() {
    EmbeddedChannel client = client();
    join(client);
    assertTrue(done.isSuccess());
    assertEquals(machine.publicKey(), peer.machine());
    assertEquals(VERSION, peer.version());
    assertNull(server.pipeline().get(HttpServerCodec.class));
    assertNull(server.pipeline().get(HttpObjectAggregator.class));
    assertNull(server.pipeline().get(Ts2021ServerHandler.class));
    assertNull(client.pipeline().get(HttpClientCodec.class));
    assertNull(client.pipeline().get(Ts2021ClientHandler.class));
    assertEquals("", onClient.text(), "the early payload is taken out");
  }

  @SeededTest
  void bytesArriveWholeHoweverTheyAreCutOnTheWay(SeededEntropy seeded) {
    EmbeddedChannel client = client();
    joinInPieces(client, seeded);
    byte[] up = seeded.bytes(seeded.random().nextInt(0, 20_000));
    byte[] down = seeded.bytes(seeded.random().nextInt(0, 20_000));
    client.writeOutbound(Unpooled.wrappedBuffer(up));
    server.writeOutbound(Unpooled.wrappedBuffer(down));
    joinInPieces(client, seeded);
    assertArrayEquals(up, onServer.bytes());
    assertArrayEquals(down, onClient.bytes());
  }

  @Test
  void writesUntilAFlushShareARecord() {
    EmbeddedChannel client = client();
    join(client);
    Channel channel = done.getNow();
    channel.write(Unpooled.copiedBuffer("ab", US_ASCII));
    channel.write(Unpooled.EMPTY_BUFFER);
    channel.write(Unpooled.copiedBuffer("cd", US_ASCII));
    client.runPendingTasks();
    assertNull(client.readOutbound(), "nothing before the flush");
    channel.flush();
    ByteBuf record = client.readOutbound();
    assertEquals(SecureChannel.recordLength(4), record.readableBytes());
    assertNull(client.readOutbound());
    server.writeInbound(record);
    assertEquals("abcd", onServer.text());
  }

  @Test
  void noRecordIsLongerThanFourThousandAndNinetySixBytes() {
    EmbeddedChannel client = client();
    join(client);
    client.writeOutbound(Unpooled.wrappedBuffer(new byte[5000]));
    assertEquals(4096, ((ByteBuf) client.readOutbound()).readableBytes());
    assertEquals(942, ((ByteBuf) client.readOutbound()).readableBytes());
  }

  @Test
  void whatTheServerSaysFirstIsOneWriteAndOneRecord() {
    ByteBuf initiationRequest = client().readOutbound();
    server.writeInbound(initiationRequest);
    ByteBuf switching = server.readOutbound();
    assertTrue(
        switching.toString(US_ASCII).startsWith("HTTP/1.1 101 Switching Protocols\r\n"),
        switching.toString(US_ASCII));
    ByteBuf record = server.readOutbound();
    assertEquals(4, record.getByte(0));
    assertNull(server.readOutbound());
  }

  @Test
  void otherPathsPassThrough() {
    request("GET /key?v=130 HTTP/1.1\r\nHost: h\r\n\r\n");
    HttpRequest passed = server.readInbound();
    assertEquals("/key?v=130", passed.uri());
    assertNull(server.readOutbound());
  }

  @Test
  void whatIsWrongWithAnUpgradeIsSaidInTheOriginalsWords() {
    String good = "X-Tailscale-Handshake: " + initiation() + "\r\n";
    String upgrade = "Upgrade: tailscale-control-protocol\r\nConnection: upgrade\r\n";
    assertRefused("missing next protocol", "POST /ts2021 HTTP/1.1\r\n" + good);
    assertRefused("unknown next protocol", "POST /ts2021 HTTP/1.1\r\nUpgrade: h2c\r\n" + good);
    assertRefused("missing Tailscale handshake header", "POST /ts2021 HTTP/1.1\r\n" + upgrade);
    String invalid = "invalid tailscale handshake header";
    String prefix = "POST /ts2021 HTTP/1.1\r\n" + upgrade + "X-Tailscale-Handshake: ";
    assertRefused(invalid, prefix + "%%%\r\n");
    assertRefused(invalid, prefix + "AAAA\r\n");
    assertRefused(invalid, prefix + Base64.getEncoder().encodeToString(new byte[101]) + "\r\n");
    assertRefused("upgrade with POST or GET", "PUT /ts2021 HTTP/1.1\r\n" + upgrade + good);
  }

  @Test
  void anUpgradeWithABodyIsRefused() {
    request(
        "POST /ts2021 HTTP/1.1\r\nUpgrade: tailscale-control-protocol\r\nContent-Length: 5\r\n"
            + "X-Tailscale-Handshake: "
            + initiation()
            + "\r\n\r\nhello");
    assertTrue(answer().contains("no body"));
    assertFalse(server.isOpen());
  }

  @Test
  void getAndTheProtocolInCapitalsAreAccepted() {
    request(
        "GET /ts2021 HTTP/1.1\r\nUpgrade: Tailscale-Control-Protocol\r\nX-Tailscale-Handshake: "
            + initiation()
            + "\r\n\r\n");
    assertNotNull(peer);
  }

  @Test
  void bytesBehindTheRequestAreReadAsRecords() {
    // A client cannot seal before it has the response, so these can only be wrong.
    request(
        "POST /ts2021 HTTP/1.1\r\nUpgrade: tailscale-control-protocol\r\nX-Tailscale-Handshake: "
            + initiation()
            + "\r\n\r\n\u0009garbage");
    assertFalse(server.isOpen());
    assertEquals(List.of(new RecordFault(Fault.UNEXPECTED_TYPE)), onServer.events);
  }

  @Test
  void aForgedRecordEndsTheConnectionAndDeliversNothing() {
    EmbeddedChannel client = client();
    join(client);
    client.writeOutbound(Unpooled.copiedBuffer("hello", US_ASCII));
    ByteBuf record = client.readOutbound();
    record.setByte(9, record.getByte(9) ^ 1);
    server.writeInbound(record);
    assertFalse(server.isOpen());
    assertEquals("", onServer.text());
    assertEquals(List.of(new RecordFault(Fault.NOT_AUTHENTIC)), onServer.events);
  }

  @Test
  void aRecordThatAnnouncesTooMuchIsNotWaitedFor() {
    join(client());
    server.writeInbound(Unpooled.wrappedBuffer(new byte[] {4, (byte) 0xff, (byte) 0xff}));
    assertFalse(server.isOpen());
  }

  @Test
  void aServerWithoutEarlyPayloadIsUnderstood() {
    EmbeddedChannel client = client();
    SecureChannel other = answerByHand(client);
    byte[] settings = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    client.writeInbound(record(other, settings));
    assertArrayEquals(settings, onClient.bytes());
  }

  @Test
  void anEarlyPayloadBeyondItsLimitEndsTheConnection() {
    EmbeddedChannel client = client();
    SecureChannel other = answerByHand(client);
    client.writeInbound(record(other, new byte[] {-1, -1, -1, 'T', 'S', 0, 1, 0, 0}));
    assertFalse(client.isOpen());
    assertEquals(List.of(new RecordFault(Fault.BAD_LENGTH)), onClient.events);
  }

  @Test
  void theClientNamesWhatItGotInsteadOfAnUpgrade() {
    assertFails("HTTP 500", "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
    assertFails("another protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n");
    assertFails("does not speak HTTP/1.1", "\u0015\u0003\u0001\u0000\u0002\r\n\r\n");
    String switching =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: tailscale-control-protocol\r\n\r\n";
    assertFails("does not hold", switching + "\u0002\u0000\u0001x");
    assertFails("too long", switching + "\u0002\u0010\u0001");
    assertFails("refused the connection: go away", switching + "\u0003\u0000\u0007go away");
  }

  @Test
  void aServerThatClosesEarlySaysSo() {
    client().close();
    assertTrue(done.cause().getMessage().contains("closed the connection"));
  }

  @Test
  void aServerWithAnotherKeyIsNotTalkedTo() {
    MachinePrivateKey other = MachinePrivateKey.generate(entropy::fill);
    EmbeddedChannel client = client(other);
    join(client);
    assertFalse(done.isSuccess());
    assertNull(peer);
  }

  @Test
  void cancellingTheAttemptClosesTheConnection() {
    EmbeddedChannel client = client();
    done.cancel(false);
    assertFalse(client.isOpen());
  }

  private EmbeddedChannel client() {
    return client(serverKey);
  }

  private EmbeddedChannel client(MachinePrivateKey expected) {
    return client(expected, done);
  }

  private EmbeddedChannel client(MachinePrivateKey expected, Promise<Channel> promise) {
    ClientHandshake handshake =
        ClientHandshake.begin(VERSION, machine, expected.publicKey(), entropy::fill);
    return new EmbeddedChannel(
        new HttpClientCodec(),
        new Ts2021ClientHandler(handshake, "h:1", inner -> inner.addLast(onClient), promise));
  }

  private String initiation() {
    return Base64.getEncoder()
        .encodeToString(
            ClientHandshake.begin(VERSION, machine, serverKey.publicKey(), entropy::fill)
                .initiation());
  }

  /// Carries bytes both ways until neither side has any.
  private void join(EmbeddedChannel client) {
    boolean moved = true;
    while (moved) {
      moved = carry(client, server, Integer.MAX_VALUE);
      moved |= carry(server, client, Integer.MAX_VALUE);
    }
  }

  private void joinInPieces(EmbeddedChannel client, SeededEntropy seeded) {
    boolean moved = true;
    while (moved) {
      int most = seeded.random().nextInt(1, 2000);
      moved = carry(client, server, most);
      moved |= carry(server, client, most);
    }
  }

  private static boolean carry(EmbeddedChannel from, EmbeddedChannel to, int most) {
    ByteBuf bytes = from.readOutbound();
    if (bytes == null) {
      return false;
    }
    while (bytes.isReadable()) {
      to.writeInbound(bytes.readRetainedSlice(Math.min(most, bytes.readableBytes())));
    }
    bytes.release();
    return true;
  }

  private void request(String text) {
    server.writeInbound(Unpooled.copiedBuffer(text, US_ASCII));
  }

  private String answer() {
    StringBuilder answer = new StringBuilder();
    for (ByteBuf out = server.readOutbound(); out != null; out = server.readOutbound()) {
      answer.append(out.toString(US_ASCII));
    }
    return answer.toString();
  }

  /// Says in its own words why not, as a browser can read it.
  @Test
  void aMalformedQueryOfAWebSocketIsAgainstThePolicy() {
    request(webSocket("?X-Tailscale-Handshake=%zz"));
    String answer = answer();
    assertTrue(answer.startsWith("HTTP/1.1 101 "), answer);
    assertTrue(answer.contains("\r\n\r\n" + POLICY_VIOLATION), answer);
    assertFalse(server.isOpen());
    server.checkException();
  }

  @Test
  void aForbiddenFrameWhileAWebSocketIsOpenedClosesIt() {
    Received behind = new Received();
    server.pipeline().addFirst(new HeldBack());
    server.pipeline().addLast(behind);
    request(webSocket("?X-Tailscale-Handshake=AAAA"));
    assertNotNull(server.pipeline().context(behind), "whoever watches the time stays");
    server.writeInbound(Unpooled.wrappedBuffer(new byte[] {(byte) 0xf2, 0}));
    assertFalse(server.isOpen());
    server.checkException();
  }

  private static String webSocket(String query) {
    return "GET /ts2021"
        + query
        + " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
        + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Protocol: tailscale-control-protocol\r\n\r\n";
  }

  /// A client that takes nothing.
  private static final class HeldBack extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      ReferenceCountUtil.release(message);
    }
  }

  private void assertRefused(String text, String head) {
    startServer();
    request(head + "Content-Length: 0\r\n\r\n");
    String answer = answer();
    assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
    assertTrue(answer.endsWith(text + "\n"), answer);
    assertFalse(server.isOpen());
    assertNull(peer);
  }

  private void assertFails(String expected, String answer) {
    Promise<Channel> promise = ImmediateEventExecutor.INSTANCE.newPromise();
    EmbeddedChannel client = client(serverKey, promise);
    client.writeInbound(Unpooled.copiedBuffer(answer, ISO_8859_1));
    UpgradeException failure = assertInstanceOf(UpgradeException.class, promise.cause());
    assertTrue(failure.getMessage().contains(expected), failure.getMessage());
    assertFalse(client.isOpen());
  }

  /// Plays a server without early payload.
  private SecureChannel answerByHand(EmbeddedChannel client) {
    String request = ((ByteBuf) client.readOutbound()).toString(UTF_8);
    String header = "X-Tailscale-Handshake: ";
    int at = request.indexOf(header) + header.length();
    byte[] initiation =
        Base64.getDecoder().decode(request.substring(at, request.indexOf("\r\n", at)));
    ServerHandshake handshake =
        Objects.requireNonNull(ServerHandshake.accept(serverKey, initiation, entropy::fill));
    client.writeInbound(
        Unpooled.copiedBuffer(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: tailscale-control-protocol\r\n\r\n",
            US_ASCII));
    client.writeInbound(Unpooled.wrappedBuffer(handshake.response()));
    assertTrue(done.isSuccess());
    return handshake.channel();
  }

  private static ByteBuf record(SecureChannel channel, byte[] plain) {
    byte[] record = new byte[SecureChannel.recordLength(plain.length)];
    channel.seal(plain, 0, plain.length, record, 0);
    return Unpooled.wrappedBuffer(record);
  }

  /// Keeps what it reads.
  private static final class Received extends ChannelInboundHandlerAdapter {
    private final List<byte[]> reads = new ArrayList<>();
    private final List<Object> events = new ArrayList<>();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf buf = (ByteBuf) message;
      reads.add(ByteBufUtil.getBytes(buf));
      buf.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      events.add(event);
    }

    byte[] bytes() {
      byte[][] all = reads.toArray(byte[][]::new);
      return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(all));
    }

    String text() {
      return new String(bytes(), US_ASCII);
    }
  }
}

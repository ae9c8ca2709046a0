package dev.weft.transport.derp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.base.Entropy;
import dev.weft.derp.ClientInfo;
import dev.weft.derp.Frame;
import dev.weft.derp.ServerInfo;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.testkit.SeededEntropy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Client and relay back to back, without TLS and on frozen time.
class DerpHandshakeTest {
  private final Entropy entropy = new SeededEntropy(1)::fill;
  private final NodePrivateKey clientKey = NodePrivateKey.generate(entropy);
  private final NodePrivateKey relayKey = NodePrivateKey.generate(entropy);
  private Admission admission = Admission.everybody();
  private final Recorder atClient = new Recorder();
  private final Recorder atRelay = new Recorder();
  private final EmbeddedChannel relay = new EmbeddedChannel();
  private final EmbeddedChannel client = new EmbeddedChannel();

  @Test
  void theyAgreeOverAnHttpUpgrade() {
    openRelay();
    openClient("");

    shuttle();

    assertEquals(
        List.of(new DerpEvent.Accepted(clientKey.publicKey(), ClientInfo.ofNode(), false)),
        atRelay.events);
    assertEquals(
        List.of(new DerpEvent.Ready(relayKey.publicKey(), ServerInfo.unlimited())),
        atClient.events);
    assertNull(relay.pipeline().get(HttpServerCodec.class));
  }

  @Test
  void packetsFlowAfterwards() {
    openRelay();
    openClient("");
    shuttle();

    client.writeOutbound(new Frame.SendPacket(relayKey.publicKey(), Bytes.of((byte) 7)));
    relay.writeOutbound(new Frame.Ping(42));
    shuttle();

    assertInstanceOf(ByteBuf.class, atRelay.messages.get(0));
    assertEquals(List.of(new Frame.Ping(42)), atClient.messages);
  }

  @Test
  void theNameOfTheIdealNodeIsNoticed() {
    openRelay();
    openClient("1a");

    shuttle();

    assertTrue(((DerpEvent.Accepted) atRelay.events.get(0)).notIdeal());
  }

  @Test
  void aFastClientIntroducesItselfRightBehindTheRequestAndGetsNoHttpResponse() {
    openRelay();
    byte[] request =
        "GET /derp HTTP/1.1\r\nHost: h\r\nUpgrade: DERP\r\nConnection: Upgrade\r\nDerp-Fast-Start: 1\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    byte[] introduction =
        ClientInfo.ofNode().seal(clientKey, relayKey.publicKey(), entropy).encode();

    relay.writeInbound(Unpooled.copiedBuffer(request, introduction));

    assertInstanceOf(DerpEvent.Accepted.class, atRelay.events.get(0));
    ByteBuf greeting = relay.readOutbound();
    assertEquals(
        Unpooled.wrappedBuffer(new Frame.ServerKey(relayKey.publicKey()).encode()), greeting);
  }

  @Test
  void aRequestWithoutUpgradeIsToldSo() {
    openRelay();

    relay.writeInbound(ascii("GET /derp HTTP/1.1\r\nHost: h\r\n\r\n"));

    assertTrue(outboundText(relay).startsWith("HTTP/1.1 426 "));
    assertFalse(relay.isOpen());
  }

  @Test
  void otherPathsPassBy() {
    openRelay();

    relay.writeInbound(ascii("GET /derp/probe HTTP/1.1\r\nHost: h\r\n\r\n"));

    assertEquals(2, atRelay.messages.size());
    assertTrue(relay.isOpen());
  }

  @Test
  void aServerThatIsNoRelayIsNamedWithItsStatus() {
    openClient("");

    client.writeInbound(ascii("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));

    assertEquals(
        List.of(new DerpEvent.Rejected("the server does not relay: HTTP status 404")),
        atClient.events);
    assertFalse(client.isOpen());
  }

  @Test
  void aClientThatDoesNotHoldItsKeyIsRejected() {
    openRelay();
    upgrade();
    NodePrivateKey thief = NodePrivateKey.generate(entropy);
    Frame.SealedClientInfo sealed = ClientInfo.ofNode().seal(thief, relayKey.publicKey(), entropy);

    relay.writeInbound(
        Unpooled.wrappedBuffer(
            new Frame.SealedClientInfo(clientKey.publicKey(), sealed.nonce(), sealed.box())
                .encode()));

    assertInstanceOf(DerpEvent.Rejected.class, atRelay.events.get(0));
    assertFalse(relay.isOpen());
  }

  @Test
  void aClientThatBeginsWithAPacketIsRejected() {
    openRelay();
    upgrade();

    relay.writeInbound(
        Unpooled.wrappedBuffer(new Frame.SendPacket(clientKey.publicKey(), Bytes.EMPTY).encode()));

    assertInstanceOf(DerpEvent.Rejected.class, atRelay.events.get(0));
    assertTrue(atRelay.messages.isEmpty());
  }

  @Test
  void eitherSideGivesUpAfterTenSeconds() {
    openRelay();
    upgrade();
    openClient("");

    relay.advanceTimeBy(11, TimeUnit.SECONDS);
    relay.runScheduledPendingTasks();
    client.advanceTimeBy(11, TimeUnit.SECONDS);
    client.runScheduledPendingTasks();

    assertInstanceOf(DerpEvent.Rejected.class, atRelay.events.get(0));
    assertInstanceOf(DerpEvent.Rejected.class, atClient.events.get(0));
    assertFalse(relay.isOpen());
    assertFalse(client.isOpen());
  }

  @Test
  void aBrowserGetsItsFramesOverAWebSocket() {
    openRelay();

    relay.writeInbound(
        get(
            "/derp",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol: derp",
            "Origin: https://other.example"));

    String response = outboundText(relay);
    assertTrue(response.startsWith("HTTP/1.1 101 "), response);
    assertTrue(response.contains("sec-websocket-protocol: derp"), response);
    // RFC 6455 §5.2: one unmasked binary message, 45 bytes, with the greeting.
    byte[] message = {(byte) 0x82, 45, 1, 0, 0, 0, 40, 'D', 'E', 'R', 'P'};
    assertTrue(response.contains(new String(message, StandardCharsets.ISO_8859_1)), response);

    byte[] introduction =
        ClientInfo.ofNode().seal(clientKey, relayKey.publicKey(), entropy).encode();
    ByteBuf masked = Unpooled.buffer();
    masked.writeByte(0x82).writeByte(0x80 | introduction.length).writeInt(0);
    masked.writeBytes(introduction);
    relay.writeInbound(masked);

    assertInstanceOf(DerpEvent.Accepted.class, atRelay.events.get(0));
  }

  @Test
  void aWebSocketRequestWithoutAKeyIsRefused() {
    openRelay();

    relay.writeInbound(
        get("/derp", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"));

    assertTrue(outboundText(relay).startsWith("HTTP/1.1 400 "));
  }

  @Test
  void aWebSocketThatDoesNotSpeakDerpIsRefused() {
    openRelay();

    relay.writeInbound(
        get(
            "/derp",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol: chat"));

    assertTrue(outboundText(relay).startsWith("HTTP/1.1 400 "));
  }

  @Test
  void aClientThatIsNotWelcomeIsClosedAndToldNothing() {
    admission = (_, _, _) -> CompletableFuture.completedStage(false);
    openRelay();
    openClient("");

    shuttle();

    assertEquals(List.of(new DerpEvent.Rejected("the client is not welcome")), atRelay.events);
    assertFalse(relay.isOpen());
    assertTrue(atClient.events.isEmpty());
  }

  @Test
  void admissionIsAskedForTheKeyThatWasProved() {
    List<NodeKey> asked = new ArrayList<>();
    admission =
        (key, _, _) -> {
          asked.add(key);
          return CompletableFuture.completedStage(true);
        };
    openRelay();
    openClient("");

    shuttle();

    assertEquals(List.of(clientKey.publicKey()), asked);
  }

  @Test
  void whatComesWhileAdmissionIsAskedWaitsForTheAnswer() {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    admission = (_, _, _) -> answer;
    openRelay();
    upgrade();
    relay.writeInbound(
        Unpooled.wrappedBuffer(
            ClientInfo.ofNode().seal(clientKey, relayKey.publicKey(), entropy).encode(),
            new Frame.NotePreferred(true).encode(),
            new Frame.Ping(1).encode()));
    assertTrue(atRelay.events.isEmpty());
    assertTrue(atRelay.messages.isEmpty());
    assertFalse(relay.config().isAutoRead());

    answer.complete(true);
    relay.runPendingTasks();

    assertInstanceOf(DerpEvent.Accepted.class, atRelay.events.getFirst());
    assertEquals(List.of(new Frame.NotePreferred(true), new Frame.Ping(1)), atRelay.messages);
    assertTrue(relay.config().isAutoRead());
  }

  @Test
  void admissionThatFailsOrComesTooLateRefuses() {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    admission = (_, _, _) -> answer;
    relay.freezeTime();
    openRelay();
    openClient("");
    shuttle();

    relay.advanceTimeBy(11, TimeUnit.SECONDS);
    relay.runScheduledPendingTasks();
    answer.complete(true);
    relay.runPendingTasks();

    assertFalse(relay.isOpen());
    assertEquals(
        List.of(new DerpEvent.Rejected("nobody said in time whether the client is welcome")),
        atRelay.events);
  }

  private void openRelay() {
    relay
        .pipeline()
        .addLast(
            new HttpServerCodec(),
            new DerpUpgrade(relayKey, ServerInfo.unlimited(), admission, entropy),
            atRelay);
  }

  private void openClient(String idealNode) {
    client
        .pipeline()
        .addLast(
            new DerpClientHandshake(
                clientKey,
                ClientInfo.ofNode(),
                "relay.example",
                idealNode.isEmpty() ? null : idealNode,
                entropy),
            atClient);
  }

  private void upgrade() {
    relay.writeInbound(
        ascii("GET /derp HTTP/1.1\r\nHost: h\r\nUpgrade: derp\r\nConnection: Upgrade\r\n\r\n"));
  }

  /// Carries what each side has written to the other until both are silent.
  private void shuttle() {
    boolean moved = true;
    while (moved) {
      moved = carry(client, relay);
      moved |= carry(relay, client);
    }
  }

  private static boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
    Object message = from.readOutbound();
    if (message == null) {
      return false;
    }
    to.writeInbound(message);
    return true;
  }

  private static String outboundText(EmbeddedChannel channel) {
    StringBuilder text = new StringBuilder();
    for (Object m = channel.readOutbound(); m != null; m = channel.readOutbound()) {
      text.append(((ByteBuf) m).toString(StandardCharsets.ISO_8859_1));
      ReferenceCountUtil.release(m);
    }
    return text.toString();
  }

  private static ByteBuf get(String path, String... headers) {
    return ascii(
        "GET %s HTTP/1.1\r\nHost: h\r\n%s\r\n\r\n".formatted(path, String.join("\r\n", headers)));
  }

  private static ByteBuf ascii(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }

  private static final class Recorder extends ChannelInboundHandlerAdapter {
    final List<Object> events = new ArrayList<>();
    final List<Object> messages = new ArrayList<>();

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      events.add(event);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      messages.add(msg);
    }
  }
}

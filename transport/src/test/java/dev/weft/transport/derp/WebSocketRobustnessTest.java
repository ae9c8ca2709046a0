package dev.weft.transport.derp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.base.Entropy;
import dev.weft.derp.ClientInfo;
import dev.weft.derp.Frame;
import dev.weft.derp.ServerInfo;
import dev.weft.keys.NodePrivateKey;
import dev.weft.testkit.SeededEntropy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The relay's end of a WebSocket against what RFC 6455 allows and forbids, by its bytes: the cases
/// of the Autobahn test suite that a stream of binary messages has.
class WebSocketRobustnessTest {
  private static final int TEXT = 0x1;
  private static final int BINARY = 0x2;
  private static final int CONTINUATION = 0x0;
  private static final int CLOSE = 0x8;
  private static final int PING = 0x9;
  private static final int PONG = 0xa;
  private static final int FINAL = 0x80;

  private static final int PROTOCOL_ERROR = 1002;
  private static final int UNSUPPORTED = 1003;
  private static final int BAD_TEXT = 1007;
  private static final int TOO_BIG = 1009;

  private final Entropy entropy = new SeededEntropy(7)::fill;
  private final NodePrivateKey relayKey = NodePrivateKey.generate(entropy);
  private final List<Object> received = new ArrayList<>();
  private final EmbeddedChannel relay = new EmbeddedChannel();

  @BeforeEach
  void connect() {
    relay
        .pipeline()
        .addLast(
            new HttpServerCodec(),
            new DerpUpgrade(relayKey, ServerInfo.unlimited(), Admission.everybody(), entropy),
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object msg) {
                received.add(msg);
              }

              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                ctx.close();
              }
            });
    relay.writeInbound(
        Unpooled.copiedBuffer(
            """
            GET /derp HTTP/1.1\r
            Host: h\r
            Origin: https://anywhere.example\r
            Upgrade: WebSocket\r
            Connection: keep-alive, Upgrade\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Protocol: chat, derp\r
            Sec-WebSocket-Extensions: permessage-deflate\r
            \r
            """,
            StandardCharsets.US_ASCII));
    String response = new String(outbound(), StandardCharsets.ISO_8859_1);
    assertTrue(response.startsWith("HTTP/1.1 101 "), response);
    assertTrue(response.contains("sec-websocket-protocol: derp\r\n"), response);
    assertTrue(response.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), response);
    assertFalse(response.contains("permessage-deflate"), response);
    send(
        FINAL | BINARY,
        ClientInfo.ofNode()
            .seal(NodePrivateKey.generate(entropy), relayKey.publicKey(), entropy)
            .encode());
    outbound();
  }

  @Test
  void framesMayBeCutIntoMessagesAndFragmentsAnywhere() {
    byte[] stream =
        join(new Frame.Ping(1).encode(), new Frame.Ping(2).encode(), new Frame.Ping(3).encode());
    for (int i = 0; i < stream.length; i++) {
      boolean first = i % 5 == 0;
      boolean last = i % 5 == 4 || i == stream.length - 1;
      send((last ? FINAL : 0) | (first ? BINARY : CONTINUATION), stream[i]);
    }
    assertEquals(List.of(new Frame.Ping(1), new Frame.Ping(2), new Frame.Ping(3)), received);
  }

  @Test
  void aPingBetweenFragmentsIsAnsweredWithItsOwnBytes() {
    byte[] ping = new Frame.Ping(9).encode();
    send(BINARY, Arrays.copyOf(ping, 6));
    send(FINAL | PING, "are you there".getBytes(StandardCharsets.US_ASCII));
    assertArrayEquals(
        join(
            new byte[] {(byte) (FINAL | PONG), 13},
            "are you there".getBytes(StandardCharsets.US_ASCII)),
        outbound());
    send(FINAL | CONTINUATION, Arrays.copyOfRange(ping, 6, ping.length));
    assertEquals(List.of(new Frame.Ping(9)), received);
  }

  @Test
  void pongsAndEmptyMessagesAreOfNoMatter() {
    send(FINAL | PONG, new byte[20]);
    send(FINAL | BINARY);
    send(BINARY);
    send(FINAL | CONTINUATION);

    assertTrue(relay.isOpen());
    assertEquals(0, outbound().length);
  }

  @Test
  void messagesMayBeLongWhenTheirFragmentsAreNot() {
    byte[] packet = new byte[60_000];
    byte[] frame = new Frame.SendPacket(relayKey.publicKey(), Bytes.of(packet)).encode();
    for (int i = 0; i < 40; i++) {
      send(i == 0 ? BINARY : i == 39 ? FINAL | CONTINUATION : CONTINUATION, frame);
    }
    assertEquals(40, received.size());
    received.forEach(got -> assertEquals(frame.length, ((ByteBuf) got).readableBytes()));
    received.forEach(got -> ((ByteBuf) got).release());
  }

  @Test
  void aFragmentBeyondTheLimitEndsTheConnectionBeforeItIsKept() {
    relay.writeInbound(
        Unpooled.buffer()
            .writeByte(FINAL | BINARY)
            .writeByte(0x80 | 127)
            .writeLong(1L << 40)
            .writeInt(0));

    assertClosedWith(TOO_BIG);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        FINAL | 0x40 | BINARY,
        FINAL | 0x20 | BINARY,
        FINAL | 0x10 | BINARY, // reserved bits
        FINAL | 0x3,
        FINAL | 0x7,
        FINAL | 0xb,
        FINAL | 0xf, // reserved opcodes
        PING,
        CLOSE, // control frames in fragments
        FINAL | CONTINUATION,
        CONTINUATION, // of no message
      })
  void whatIsNoFrameIsAProtocolError(int head) {
    send(head, new byte[] {3, (byte) 0xe8});

    assertClosedWith(PROTOCOL_ERROR);
  }

  @Test
  void aNewMessageInTheMiddleOfAnotherIsAProtocolError() {
    send(BINARY, new byte[1]);
    send(FINAL | BINARY, new byte[1]);

    assertClosedWith(PROTOCOL_ERROR);
  }

  @Test
  void anUnmaskedFrameIsAProtocolError() {
    relay.writeInbound(Unpooled.wrappedBuffer(new byte[] {(byte) (FINAL | BINARY), 1, 0}));

    assertClosedWith(PROTOCOL_ERROR);
  }

  @Test
  void aControlFrameOfMoreThan125BytesIsAProtocolError() {
    send(FINAL | PING, new byte[126]);

    assertClosedWith(PROTOCOL_ERROR);
  }

  @Test
  void textIsNotSupported() {
    send(FINAL | TEXT, "hello".getBytes(StandardCharsets.UTF_8));

    assertClosedWith(UNSUPPORTED);
  }

  @Test
  void aGoodbyeIsAnsweredWithItsCode() {
    send(FINAL | CLOSE, new byte[] {(byte) (4999 >> 8), (byte) 4999, 'b', 'y', 'e'});

    assertClosedWith(4999);
  }

  @Test
  void aGoodbyeWithoutACodeIsAnsweredWithNone() {
    send(FINAL | CLOSE);

    assertArrayEquals(new byte[] {(byte) (FINAL | CLOSE), 0}, outbound());
    assertFalse(relay.isOpen());
  }

  @ParameterizedTest
  @CsvSource({"03", "0000", "03e7", "03ec", "03ed", "03ee", "03f8", "0bb7", "1388", "ffff"})
  void aGoodbyeWithACodeThatIsNoneIsAProtocolError(String payload) {
    send(FINAL | CLOSE, Bytes.fromHex(payload).toArray());

    assertClosedWith(PROTOCOL_ERROR);
  }

  @Test
  void aGoodbyeWhoseReasonIsNotUtf8IsRefused() {
    send(FINAL | CLOSE, Bytes.fromHex("03e8cebae1bdb9cf83cebcceb5eda080656469746564").toArray());

    assertClosedWith(BAD_TEXT);
  }

  @Test
  void nothingIsHeardBehindAGoodbye() {
    relay.writeInbound(
        Unpooled.wrappedBuffer(
            masked(FINAL | CLOSE, new byte[] {3, (byte) 0xe8}),
            masked(FINAL | BINARY, new Frame.Ping(1).encode()),
            masked(FINAL | PING, new byte[2])));

    assertClosedWith(1000);
    assertTrue(received.isEmpty());
  }

  private void assertClosedWith(int code) {
    byte[] goodbye = outbound();
    assertTrue(goodbye.length >= 4, Arrays.toString(goodbye));
    assertEquals((byte) (FINAL | CLOSE), goodbye[0]);
    assertEquals(code, (goodbye[2] & 0xff) << 8 | goodbye[3] & 0xff);
    assertEquals(2 + goodbye[1], goodbye.length);
    assertFalse(relay.isOpen());
  }

  private void send(int head, byte... payload) {
    relay.writeInbound(Unpooled.wrappedBuffer(masked(head, payload)));
  }

  private static byte[] masked(int head, byte[] payload) {
    ByteBuf out = Unpooled.buffer().writeByte(head);
    if (payload.length < 126) {
      out.writeByte(0x80 | payload.length);
    } else {
      out.writeByte(0x80 | 126).writeShort(payload.length);
    }
    byte[] mask = {1, 2, 3, 4};
    out.writeBytes(mask);
    for (int i = 0; i < payload.length; i++) {
      out.writeByte(payload[i] ^ mask[i % 4]);
    }
    return ByteBufUtil.getBytes(out);
  }

  private byte[] outbound() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ByteBuf part = relay.readOutbound(); part != null; part = relay.readOutbound()) {
      all.writeBytes(ByteBufUtil.getBytes(part));
      part.release();
    }
    return all.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(parts));
  }
}

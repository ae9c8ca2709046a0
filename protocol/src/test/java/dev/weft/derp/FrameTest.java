package dev.weft.derp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.derp.FrameType.Sender;
import dev.weft.keys.NodeKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Known answers: derper 1.103 (`docs/protocol/dataplane.md` appendix B.3).
class FrameTest {
  private static final NodeKey KEY =
      NodeKey.parse("nodekey:5869aff450549732cbaaed5e5df9b30a6da31cb0e5742bad5ad4a1a768f1a67b");
  private static final NodeKey OTHER =
      NodeKey.parse("nodekey:07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c");
  private static final Bytes NONCE =
      Bytes.fromHex("000102030405060708090a0b0c0d0e0f1011121314151617");
  private static final Bytes DATA = Bytes.of("payload".getBytes(StandardCharsets.UTF_8));

  static List<Frame> everyFrame() {
    return List.of(
        new Frame.ServerKey(KEY),
        new Frame.SealedClientInfo(KEY, NONCE, Bytes.of(new byte[16])),
        new Frame.SealedServerInfo(NONCE, Bytes.of(new byte[16])),
        new Frame.SendPacket(KEY, DATA),
        new Frame.SendPacket(KEY, Bytes.EMPTY),
        new Frame.SendPacket(KEY, Bytes.of(new byte[FrameType.MAX_PACKET])),
        new Frame.RecvPacket(KEY, DATA),
        new Frame.KeepAlive(),
        new Frame.NotePreferred(true),
        new Frame.NotePreferred(false),
        new Frame.PeerGone(KEY, Frame.PeerGone.Reason.DISCONNECTED),
        new Frame.PeerGone(KEY, Frame.PeerGone.Reason.NOT_HERE),
        new Frame.PeerPresent(KEY, Endpoint.parse("192.0.2.7:41641"), 9),
        new Frame.PeerPresent(KEY, Endpoint.parse("[2001:db8::7]:1"), 0),
        new Frame.PeerPresent(KEY, null, 0),
        new Frame.ForwardPacket(KEY, OTHER, DATA),
        new Frame.WatchConns(),
        new Frame.ClosePeer(KEY),
        new Frame.Ping(0x0102030405060708L),
        new Frame.Pong(-1),
        new Frame.Health(""),
        new Frame.Health("no way out"),
        new Frame.Restarting(10_000, 0xffff_ffffL));
  }

  @ParameterizedTest
  @MethodSource("everyFrame")
  void aFrameSurvivesTheRoundTrip(Frame frame) {
    Sender sender = frame.type().mayComeFrom(Sender.CLIENT) ? Sender.CLIENT : Sender.SERVER;

    assertEquals(frame, parse(sender, frame.encode()));
  }

  @Test
  void everyTypeIsCovered() {
    assertEquals(
        List.of(FrameType.values()),
        everyFrame().stream().map(Frame::type).distinct().sorted().toList());
  }

  @Test
  void theGreetingIsByteForByteThatOfTheOfficialRelay() {
    String greeting =
        "010000002844455250f09f9491"
            + "5869aff450549732cbaaed5e5df9b30a6da31cb0e5742bad5ad4a1a768f1a67b";

    assertEquals(greeting, HexFormat.of().formatHex(new Frame.ServerKey(KEY).encode()));
  }

  @Test
  void bytesBehindTheGreetingsKeyAreForTheFuture() {
    byte[] longer = Arrays.copyOf(new Frame.ServerKey(KEY).encode(), 60);
    longer[4] = 55;

    assertEquals(new Frame.ServerKey(KEY), parse(Sender.SERVER, longer));
  }

  @Test
  void aGreetingWithoutTheMagicIsNotDerp() {
    byte[] http = new Frame.ServerKey(KEY).encode();
    http[FrameHeader.LENGTH] = 'H';

    assertEquals(FrameFault.NOT_DERP, parse(Sender.SERVER, http));
  }

  @Test
  void unknownTypesAndThoseOfTheOtherSideAreSkipped() {
    assertEquals(new FrameHeader.Skip(7), FrameHeader.parse(Sender.CLIENT, 0x7f, 7));
    assertEquals(new FrameHeader.Skip(7), FrameHeader.parse(Sender.SERVER, 0x0b, 7));
    assertEquals(
        new FrameHeader.Skip(40),
        FrameHeader.parse(Sender.SERVER, FrameType.SEND_PACKET.code(), 40));
    assertEquals(
        new FrameHeader.Skip(0), FrameHeader.parse(Sender.CLIENT, FrameType.KEEP_ALIVE.code(), 0));
  }

  @Test
  void noLengthBeyondTheLimitsIsAccepted() {
    int tooLong = 32 + FrameType.MAX_PACKET + 1;

    assertEquals(FrameFault.TOO_LONG, FrameHeader.parse(Sender.CLIENT, 0x04, tooLong));
    assertEquals(FrameFault.TOO_LONG, FrameHeader.parse(Sender.CLIENT, 0x02, (256 << 10) + 1));
    assertEquals(FrameFault.TOO_LONG, FrameHeader.parse(Sender.SERVER, 0x7f, (1 << 20) + 1));
    assertEquals(FrameFault.TOO_LONG, FrameHeader.parse(Sender.SERVER, 0x7f, -1));
    assertEquals(FrameFault.TOO_SHORT, FrameHeader.parse(Sender.CLIENT, 0x04, 31));
  }

  @Test
  void aPreferenceIsExactlyOneByte() {
    assertEquals(FrameFault.TOO_SHORT, FrameHeader.parse(Sender.CLIENT, 0x07, 0));
    assertEquals(FrameFault.TOO_LONG, FrameHeader.parse(Sender.CLIENT, 0x07, 2));
  }

  @Test
  void aPacketLongerThanTheProtocolAllowsIsNotEncoded() {
    Frame tooLong = new Frame.SendPacket(KEY, Bytes.of(new byte[FrameType.MAX_PACKET + 1]));

    assertThrows(IllegalArgumentException.class, tooLong::encode);
  }

  @Test
  void aGonePeerWithoutAReasonIsDisconnected() {
    byte[] old = new Frame.ClosePeer(KEY).encode();
    old[0] = (byte) FrameType.PEER_GONE.code();

    assertEquals(
        new Frame.PeerGone(KEY, Frame.PeerGone.Reason.DISCONNECTED), parse(Sender.SERVER, old));
  }

  @Test
  void presenceWithAnAddressButWithoutFlagsIsUnderstood() {
    Endpoint address = Endpoint.parse("192.0.2.7:41641");
    byte[] older = Arrays.copyOf(new Frame.PeerPresent(KEY, address, 0).encode(), 55);
    older[4] = 50;

    assertEquals(new Frame.PeerPresent(KEY, address, 0), parse(Sender.SERVER, older));
  }

  @Test
  void ofALongPingTheFirstEightBytesAreRead() {
    byte[] longPing = Arrays.copyOf(new Frame.Ping(42).encode(), FrameHeader.LENGTH + 1000);
    longPing[3] = (byte) (1000 >> 8);
    longPing[4] = (byte) 1000;

    assertEquals(new Frame.Ping(42), parse(Sender.CLIENT, longPing));
  }

  @Test
  void aHealthTextCannotPaintOnTheTerminal() {
    assertEquals("[31mred", new Frame.Health("\u001b[31mred\u0007\u202e\n").problem());
    assertEquals(500, new Frame.Health("x".repeat(10_000)).problem().length());
  }

  @Test
  void aRelayForwardsByRewritingThePrefix() {
    byte[] frame = new Frame.SendPacket(KEY, DATA).encode();

    PacketFrames.writePrefix(frame, 0, FrameType.RECV_PACKET, OTHER, DATA.length());

    assertArrayEquals(new Frame.RecvPacket(OTHER, DATA).encode(), frame);
  }

  @Test
  void noPayloadThrows() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<byte[]> samples = new ArrayList<>();
    everyFrame().stream().map(Frame::encode).filter(b -> b.length < 1000).forEach(samples::add);
    for (int i = 0; i < 200_000; i++) {
      byte[] b = samples.get(random.nextInt(samples.size())).clone();
      for (int flips = random.nextInt(6); flips > 0; flips--) {
        b[random.nextInt(b.length)] = (byte) random.nextInt();
      }
      Sender sender = random.nextBoolean() ? Sender.CLIENT : Sender.SERVER;
      try {
        parse(sender, b);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + HexFormat.of().formatHex(b), e);
      }
    }
  }

  private static Object parse(Sender sender, byte[] b) {
    HeaderOutcome outcome = FrameHeader.parse(sender, b, 0);
    return switch (outcome) {
      case FrameHeader header ->
          header.length() > b.length - FrameHeader.LENGTH
              ? header
              : Frame.parse(header, b, FrameHeader.LENGTH);
      case FrameHeader.Skip skip -> skip;
      case FrameFault fault -> fault;
    };
  }
}

package dev.weft.wireguard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.base.Counters;
import dev.weft.base.Deadlines;
import dev.weft.base.Entropy;
import dev.weft.base.PrefixSet;
import dev.weft.base.Segments;
import dev.weft.crypto.Aeads;
import dev.weft.crypto.X25519PrivateKey;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.wireguard.Transcript.TransportKeys;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// `docs/protocol/dataplane.md` appendix B.1, whose handshake was also made with wireguard-go.
final class KnownAnswersTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final NodePrivateKey INITIATOR = NodePrivateKey.parse("privkey:" + run(0x01));
  private static final NodePrivateKey RESPONDER = NodePrivateKey.parse("privkey:" + run(0x21));
  private static final X25519PrivateKey INITIATOR_EPHEMERAL =
      X25519PrivateKey.of(HEX.parseHex(run(0x41)));
  private static final X25519PrivateKey RESPONDER_EPHEMERAL =
      X25519PrivateKey.of(HEX.parseHex(run(0x61)));
  private static final byte[] PSK = HEX.parseHex("aa".repeat(32));
  private static final int INITIATOR_INDEX = 0x01020304;
  private static final int RESPONDER_INDEX = 0x0a0b0c0d;
  private static final Tai64n STAMP = Tai64n.ofUnixNanos(1_700_000_000_500_000_000L);

  private static final String INITIATION =
      hex(
          """
          010000000403020164b101b1d0be5a8704bd078f9895001fc03e8e9f9522f188dd128d9846d48466158a0e4ca242d151
          ca97ab90159a98b67e616625e68b4065d357376b6598e644ad7d678c0295d22de4cb43d5135581ed36346bfa7cf42a12
          3c39f89392ee3c9bd723c3e88ed1b258f86b2dae14c7b3537900475bb61d883e99eabeaf000000000000000000000000
          00000000
          """);
  private static final String RESPONSE =
      hex(
          """
          020000000d0c0b0a04030201244fe3b963e899dd295baffce248d3530f3a9a7479ba063002680ebfe7adad499f27699f
          70edcdd4d38d1425b255a6dc477ce2702760ac1593dec26aef3961c300000000000000000000000000000000
          """);
  private static final String RESPONSE_TAIL_WITH_ZERO_PSK =
      "a2d4c3c2a301c7a867a1b626321f4f676375328f78ffb6fdff7690a903c2e8ae";

  @Test
  void theTimestampIsWhitened() {
    assertEquals("400000006553f10a1d000000", HEX.formatHex(STAMP.toBytes()));
  }

  @Test
  void anInitiationHasItsKnownBytes() {
    byte[] message = new byte[Messages.INITIATION_LENGTH];
    initiate(message);
    new OutgoingMacs(RESPONDER.publicKey()).write(0, message, message.length);
    assertEquals(INITIATION, HEX.formatHex(message));
  }

  @Test
  void aResponseHasItsKnownBytesAndBothSidesTheKnownKeys() {
    byte[] initiation = new byte[Messages.INITIATION_LENGTH];
    Initiation initiated = initiate(initiation);
    byte[] response = new byte[Messages.RESPONSE_LENGTH];
    TransportKeys responderKeys = respond(PSK, response);
    assertEquals(RESPONSE, HEX.formatHex(response));

    TransportKeys initiatorKeys = initiated.complete(INITIATOR, PSK, response, 0);
    assertNotNull(initiatorKeys);
    String toResponder = "171db15f838f3e2b31d4867b298585197f51a141bfd518379df1dd5416de5fd1";
    String toInitiator = "7b64ff64328f58329220b6e53bdb1b59ac26f68188e6b9076ed274ee4354c06b";
    assertEquals(toResponder, HEX.formatHex(initiatorKeys.send(true)));
    assertEquals(toInitiator, HEX.formatHex(initiatorKeys.receive(true)));
    assertEquals(toInitiator, HEX.formatHex(responderKeys.send(false)));
    assertEquals(toResponder, HEX.formatHex(responderKeys.receive(false)));
  }

  @Test
  void theZeroPresharedKeyIsMixedToo() {
    byte[] response = new byte[Messages.RESPONSE_LENGTH];
    TransportKeys keys = respond(new byte[32], response);
    assertEquals(RESPONSE_TAIL_WITH_ZERO_PSK, HEX.formatHex(response, 44, 76));
    assertEquals(
        "df0e53eac779a4c1ab023907c8dda549efdbf8ca9a4ce931ba1d27a2a8be73f9",
        HEX.formatHex(keys.send(false)));
    assertEquals(
        "c5f330b6dc92c8bd4124800733b33cd9d7e5dd2ac8c782e1b558f9b2b60804d8",
        HEX.formatHex(keys.receive(false)));
  }

  @Test
  void aResponseUnderAnotherPresharedKeyIsRefusedAndTheInitiationStaysGood() {
    Initiation initiated = initiate(new byte[Messages.INITIATION_LENGTH]);
    byte[] response = HEX.parseHex(RESPONSE);
    assertNull(initiated.complete(INITIATOR, new byte[32], response, 0));
    assertNotNull(initiated.complete(INITIATOR, PSK, response, 0));
  }

  @Test
  void transportMessagesHaveTheirKnownBytes() {
    byte[] response = new byte[Messages.RESPONSE_LENGTH];
    TransportKeys keys = respond(PSK, response);
    Keypair session =
        new Keypair(
            peer(),
            new Keypair.Indices(INITIATOR_INDEX, RESPONDER_INDEX),
            true,
            0,
            new TransportKeys(keys.receive(false), keys.send(false)),
            new Keypair.Cipher(Aeads.best(), 1280));
    byte[] out = new byte[256];

    Segments keepalive = session.sending().seal(0, Segments.single(new byte[0], 0, 0), out);
    assertEquals(
        "040000000d0c0b0a000000000000000024ca837893cf57c4972c0fb90e3dcde9", hex(keepalive));

    byte[] packet = HEX.parseHex("4500001400000000400100000a6300020a630001");
    Segments data = session.sending().seal(1, Segments.single(packet, 0, packet.length), out);
    assertEquals(
        hex(
            """
            040000000d0c0b0a01000000000000005106da9e46b6d42cac3533ee65d6c71f651e6bac77d1018364bc5fa95e403f44
            080f797c4525e0c671ceec2c52b733d1
            """),
        hex(data));
  }

  @Test
  void aCookieReplyAndTheSecondMacHaveTheirKnownBytes() {
    byte[] initiation = HEX.parseHex(INITIATION);
    Entropy secretThenNonce =
        bytes -> {
          for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (bytes.length == 32 ? 0x55 : i);
          }
        };
    IncomingMacs incoming = new IncomingMacs(RESPONDER.publicKey(), secretThenNonce);
    Bytes source = Bytes.fromHex("c00002016cca");
    byte[] reply = incoming.cookieReply(0, source, initiation, 0, initiation.length);
    assertEquals(
        hex(
            """
            0300000004030201000102030405060708090a0b0c0d0e0f1011121314151617b4e8d83f52ef9bbd19fce3ee1cd62dbf
            e2b32a4938888aa39ac597b33e4239a5
            """),
        HEX.formatHex(reply));

    OutgoingMacs outgoing = new OutgoingMacs(RESPONDER.publicKey());
    byte[] again = initiation.clone();
    outgoing.write(0, again, again.length);
    assertArrayEquals(initiation, again);
    assertTrue(outgoing.acceptCookie(0, reply, 0));
    outgoing.write(0, again, again.length);
    assertEquals("871234b77d66fddcccb2c312ce39af9f", HEX.formatHex(again, 132, 148));
    assertTrue(incoming.mac1Valid(again, 0, again.length));
    assertTrue(incoming.mac2Valid(0, source, again, 0, again.length));
  }

  private static Initiation initiate(byte[] out) {
    byte[] agreement = INITIATOR.agree(RESPONDER.publicKey());
    assertNotNull(agreement);
    return Initiation.write(
        peer(), INITIATOR_INDEX, INITIATOR_EPHEMERAL, INITIATOR, agreement, STAMP, out);
  }

  private static TransportKeys respond(byte[] psk, byte[] response) {
    byte[] initiation = HEX.parseHex(INITIATION);
    ReceivedInitiation received = ReceivedInitiation.open(RESPONDER, initiation, 0);
    assertNotNull(received);
    assertEquals(INITIATOR.publicKey(), received.peerKey());
    byte[] agreement = RESPONDER.agree(INITIATOR.publicKey());
    assertNotNull(agreement);
    assertEquals(STAMP, received.openTimestamp(agreement, initiation, 0));
    TransportKeys keys = received.respond(RESPONDER_INDEX, RESPONDER_EPHEMERAL, psk, response);
    assertNotNull(keys);
    new OutgoingMacs(INITIATOR.publicKey()).write(0, response, response.length);
    return keys;
  }

  private static Peer peer() {
    NodeKey key = RESPONDER.publicKey();
    Entropy none = bytes -> Arrays.fill(bytes, (byte) 0);
    Peer.Common common =
        new Peer.Common(
            new SessionTable(none),
            new Deadlines<>(),
            new Timers(none),
            new StagedPackets(new StagedPackets.Budget(), new Counters<>(Drop.class)));
    return new Peer(new KnownPeer(new PeerId(0), key, PrefixSet.EMPTY), null, common);
  }

  private static String run(int first) {
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < 32; i++) {
      hex.append(HEX.toHexDigits((byte) (first + i)));
    }
    return hex.toString();
  }

  private static String hex(String block) {
    return block.replaceAll("\\s", "");
  }

  private static String hex(Segments segments) {
    int from = segments.offset();
    return HEX.formatHex(segments.array(), from, from + segments.length());
  }
}

package dev.weft.disco;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.disco.DiscoMessage.AllocateUdpRelayEndpointRequest;
import dev.weft.disco.DiscoMessage.AllocateUdpRelayEndpointResponse;
import dev.weft.disco.DiscoMessage.BindUdpRelayEndpoint;
import dev.weft.disco.DiscoMessage.BindUdpRelayEndpointAnswer;
import dev.weft.disco.DiscoMessage.BindUdpRelayEndpointChallenge;
import dev.weft.disco.DiscoMessage.CallMeMaybe;
import dev.weft.disco.DiscoMessage.CallMeMaybeVia;
import dev.weft.disco.DiscoMessage.Ping;
import dev.weft.disco.DiscoMessage.Pong;
import dev.weft.disco.DiscoMessage.RelayHandshake;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.DiscoPrivateKey;
import dev.weft.keys.NodeKey;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DiscoMessageTest {
  private static final DiscoKey A = DiscoKey.ofBytes(filled(32, 0xa), 0);
  private static final DiscoKey B = DiscoKey.ofBytes(filled(32, 0xb), 0);
  private static final NodeKey NODE = NodeKey.ofBytes(filled(32, 0xc), 0);
  private static final TxId TX_ID = new TxId(0x0102030405060708L, 0x090a0b0c);
  private static final Endpoint V4 = Endpoint.parse("192.0.2.7:41641");
  private static final Endpoint V6 = Endpoint.parse("[2001:db8::7]:65535");

  static List<DiscoMessage> everyMessage() {
    RelayHandshake handshake = new RelayHandshake(0x010203, 7, A, Bytes.of(filled(32, 0x55)));
    UdpRelayEndpoint endpoint =
        new UdpRelayEndpoint(A, B, A, -1, 9, 30_000_000_000L, 300_000_000_000L, List.of(V4, V6));
    return List.of(
        new Ping(TX_ID, NODE, 0),
        new Ping(TX_ID, NODE, 1200),
        new Ping(TX_ID, null, 0),
        new Ping(TX_ID, null, 31),
        new Pong(TX_ID, V4),
        new Pong(TX_ID, V6),
        new CallMeMaybe(List.of()),
        new CallMeMaybe(List.of(V4, V6)),
        new BindUdpRelayEndpoint(handshake),
        new BindUdpRelayEndpointChallenge(handshake),
        new BindUdpRelayEndpointAnswer(handshake),
        new CallMeMaybeVia(endpoint),
        new AllocateUdpRelayEndpointRequest(A, B, 0x01020304),
        new AllocateUdpRelayEndpointResponse(5, endpoint));
  }

  @ParameterizedTest
  @MethodSource("everyMessage")
  void whatIsEncodedIsParsedBack(DiscoMessage message) {
    byte[] encoded = message.encode();
    assertEquals(Optional.of(message), DiscoMessage.parse(encoded, 0, encoded.length));
  }

  @ParameterizedTest
  @MethodSource("everyMessage")
  void aMessageCutShortIsNotMisread(DiscoMessage message) {
    byte[] encoded = message.encode();
    for (int length = 0; length < encoded.length; length++) {
      Optional<DiscoMessage> parsed = DiscoMessage.parse(encoded, 0, length);
      assertFalse(parsed.equals(Optional.of(message)), "parsed from " + length + " bytes");
    }
  }

  @Test
  void randomBytesNeverThrow() {
    long seed = 0x5eed;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      if (bytes.length > 1) {
        bytes[0] = (byte) random.nextInt(12);
        bytes[1] = (byte) (random.nextInt(8) == 0 ? 1 : 0);
      }
      DiscoMessage.parse(bytes, 0, bytes.length)
          .ifPresent(message ->
              assertEquals(
                  Optional.of(message),
                  DiscoMessage.parse(message.encode(), 0, message.encode().length),
                  () -> "seed " + seed));
    }
  }

  @Test
  void aCallMeMaybeOfOddLengthOrVersionIsACallWithoutEndpoints() {
    byte[] odd = new byte[2 + 19];
    odd[0] = 3;
    assertEquals(Optional.of(new CallMeMaybe(List.of())), DiscoMessage.parse(odd, 0, odd.length));
    byte[] later = new CallMeMaybe(List.of(V4)).encode();
    later[1] = 1;
    assertEquals(
        Optional.of(new CallMeMaybe(List.of())), DiscoMessage.parse(later, 0, later.length));
  }

  @Test
  void mappedAddressesAreUnmapped() {
    byte[] pong = new Pong(TX_ID, new Endpoint(Ip.parse("::ffff:192.0.2.7"), 41641)).encode();
    assertEquals(Optional.of(new Pong(TX_ID, V4)), DiscoMessage.parse(pong, 0, pong.length));
  }

  @Test
  void unknownTypesAreIgnored() {
    byte[] unknown = filled(100, 0x0a);
    assertEquals(Optional.empty(), DiscoMessage.parse(unknown, 0, unknown.length));
  }

  @Test
  void paddingThatWouldReadAsANodeKeyIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Ping(TX_ID, null, 32));
  }

  @Test
  void aFlippedBitAnywhereInTheBoxIsNotOpened() {
    Entropy entropy = new Random(1)::nextBytes;
    DiscoPrivateKey from = DiscoPrivateKey.generate(entropy);
    DiscoPrivateKey to = DiscoPrivateKey.generate(entropy);
    byte[] packet =
        DiscoPacket.seal(
            from.publicKey(), from.box(to.publicKey()), entropy, new Ping(TX_ID, NODE, 0));
    assertEquals(124, packet.length);
    for (int at = 38; at < packet.length; at++) {
      packet[at] ^= 0x10;
      assertEquals(
          Optional.empty(), DiscoPacket.open(to.box(from.publicKey()), packet, 0, packet.length));
      packet[at] ^= 0x10;
    }
    for (int length = DiscoPacket.MIN_LENGTH; length < packet.length; length++) {
      assertEquals(Optional.empty(), DiscoPacket.open(to.box(from.publicKey()), packet, 0, length));
    }
  }

  @Test
  void nakedWireGuardIsNotTakenForDiscoOrGeneve() {
    for (byte type = 1; type <= 4; type++) {
      byte[] packet = new byte[148];
      packet[0] = type;
      assertFalse(DiscoPacket.looksLikeDisco(packet, 0, packet.length));
      assertFalse(Geneve.looksLikeGeneve(packet, 0, packet.length));
    }
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}

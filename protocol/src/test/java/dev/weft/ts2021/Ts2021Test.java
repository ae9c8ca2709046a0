package dev.weft.ts2021;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Entropy;
import dev.weft.keys.ChallengeKey;
import dev.weft.keys.ChallengePrivateKey;
import dev.weft.keys.MachineKey;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.testkit.SeededEntropy;
import dev.weft.testkit.SeededTest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Known answers made by upstream 1.103 with fixed keys: `docs/protocol/control.md` §2.7.
class Ts2021Test {
  private static final int VERSION = 145;

  private static final MachinePrivateKey CLIENT =
      MachinePrivateKey.parse(
          "privkey:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e5f");
  private static final MachinePrivateKey SERVER =
      MachinePrivateKey.parse(
          "privkey:202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e7f");

  private static final byte[] INITIATION =
      hex(
          "009101006079a631eede1bf9c98f12032cdeadd0e7a079398fc786b88cc846ec89af85a51aad5b8febedeb97"
              + "415be53612205e6bfab385e34cb127dd8854c4f9afb10f9b0ed4d12526753994e010eff30e7f60749b"
              + "6e5cb4b4934b016b8f2410dc278f8229");
  private static final byte[] RESPONSE =
      hex(
          "020030675dd574ed7789310b3d2e7681f3790b466c773b1521fecf36577958371ea52fd29562b3543dbcd726"
              + "3a8c8f771a8acf");

  @Test
  void theClientWritesTheKnownInitiation() {
    assertArrayEquals(INITIATION, client().initiation());
  }

  @Test
  void theServerReadsItAndWritesTheKnownResponse() {
    ServerHandshake server = server();
    assertEquals(VERSION, server.version());
    assertEquals(CLIENT.publicKey(), server.machine());
    assertArrayEquals(RESPONSE, server.response());
    assertEquals(
        "85ca7c7fe511623fcef54b5d6493f6a65886955a5d635d7735cdff5bb5f03f66",
        server.channel().handshakeHash().toHex());
  }

  @Test
  void recordsCountBigEndianInBothDirections() {
    SecureChannel client = established(client().handleResponse(RESPONSE));
    SecureChannel server = server().channel();
    assertEquals(client.handshakeHash(), server.handshakeHash());
    byte[] hello = "hello".getBytes(UTF_8);
    assertEquals("0400154684b44b651d59e7e328ff98b949cf7a4a780c0294", hex(seal(client, hello)));
    assertEquals("0400158f8e6da9698dd0dc63da41e0a68b154edb96eeb90c", hex(seal(client, hello)));
    byte[] first = hex("0400156c5dfcae6e3bbc9bd60257ae83a4467964fe08c378");
    byte[] second = hex("040015bbb73e554ba77dcf86d98b3fe9f6b87b51d2d6485b");
    assertArrayEquals(hello, open(client, first));
    assertArrayEquals(hello, open(client, second));
    assertArrayEquals(first, seal(server, hello));
    assertArrayEquals(second, seal(server, hello));
  }

  @Test
  void theLargestRecordHasFourThousandAndNinetySixBytes() {
    SecureChannel client = established(client().handleResponse(RESPONSE));
    byte[] record = seal(client, new byte[SecureChannel.MAX_PLAINTEXT_BYTES]);
    assertEquals(4096, record.length);
    assertArrayEquals(hex("040ffd"), Arrays.copyOf(record, 3));
    assertNull(SecureChannel.checkHeader(record, 0));
    assertEquals(4077, open(server().channel(), record).length);
    byte[] rest = seal(client, new byte[5000 - SecureChannel.MAX_PLAINTEXT_BYTES]);
    assertArrayEquals(hex("0403ab"), Arrays.copyOf(rest, 3));
    assertThrows(IllegalArgumentException.class, () -> seal(client, new byte[4078]));
  }

  @Test
  void anEmptyRecordIsLegal() {
    SecureChannel client = established(client().handleResponse(RESPONSE));
    byte[] record = seal(client, new byte[0]);
    assertNull(SecureChannel.checkHeader(record, 0));
    assertEquals(0, open(server().channel(), record).length);
  }

  @Test
  void headersThatNoRecordHasAreFaults() {
    assertEquals(Fault.BAD_LENGTH, SecureChannel.checkHeader(hex("040ffe"), 0));
    assertEquals(Fault.BAD_LENGTH, SecureChannel.checkHeader(hex("04ffff"), 0));
    assertEquals(Fault.BAD_LENGTH, SecureChannel.checkHeader(hex("04000f"), 0));
    assertEquals(Fault.UNEXPECTED_TYPE, SecureChannel.checkHeader(hex("030010"), 0));
    assertEquals(Fault.UNEXPECTED_TYPE, SecureChannel.checkHeader(hex("840010"), 0));
  }

  @Test
  void aReplayedAReorderedAndAForgedRecordAreNotAuthentic() {
    SecureChannel client = established(client().handleResponse(RESPONSE));
    byte[] first = seal(client, new byte[] {1});
    byte[] second = seal(client, new byte[] {2});
    byte[] out = new byte[1];
    assertEquals(Fault.NOT_AUTHENTIC, server().channel().open(second, 0, out, 0));
    SecureChannel server = server().channel();
    assertNull(server.open(first, 0, out, 0));
    assertEquals(Fault.NOT_AUTHENTIC, server.open(first, 0, out, 0));
    first[7] ^= 1;
    assertEquals(Fault.NOT_AUTHENTIC, server().channel().open(first, 0, out, 0));
  }

  @Test
  void theServerReadsOnlyWholeInitiationsForItself() {
    assertNull(accept(Arrays.copyOf(INITIATION, 100)));
    assertNull(accept(Arrays.copyOf(INITIATION, 102)));
    assertNull(accept(new byte[0]));
    for (int i = 0; i < INITIATION.length; i++) {
      byte[] changed = INITIATION.clone();
      changed[i] ^= 1;
      assertNull(accept(changed), "byte " + i); // the version too: the prologue binds it
    }
    assertNull(ServerHandshake.accept(CLIENT, INITIATION, fixed(0x60, 0x7f)));
  }

  @Test
  void theClientSaysWhatIsWrongWithAnAnswer() {
    assertEquals(failed(Fault.BAD_LENGTH), client().handleResponse(new byte[0]));
    assertEquals(failed(Fault.BAD_LENGTH), client().handleResponse(hex("0200")));
    assertEquals(failed(Fault.BAD_LENGTH), client().handleResponse(hex("020000")));
    assertEquals(failed(Fault.BAD_LENGTH), client().handleResponse(Arrays.copyOf(RESPONSE, 50)));
    assertEquals(failed(Fault.UNEXPECTED_TYPE), client().handleResponse(hex("040000")));
    byte[] forged = RESPONSE.clone();
    forged[50] ^= 1;
    assertEquals(failed(Fault.NOT_AUTHENTIC), client().handleResponse(forged));
  }

  @Test
  void aRefusalIsShownWithoutWhatCouldDriveATerminal() {
    assertEquals(
        new HandshakeOutcome.Refused("no  [31mentry"),
        client().handleResponse(Frames.error("no \u001b[31mentry\n")));
    String endless = "x".repeat(70_000);
    byte[] frame = Frames.error(endless);
    HandshakeOutcome.Refused refused =
        assertInstanceOf(HandshakeOutcome.Refused.class, client().handleResponse(frame));
    assertEquals(Frames.MAX_ERROR_BYTES, refused.text().length());
  }

  @Test
  void aServerKeyNobodyCanOwnIsTheCallersMistake() {
    assertThrows(
        IllegalArgumentException.class,
        () -> ClientHandshake.begin(VERSION, CLIENT, MachineKey.ZERO, fixed(0x40, 0x5f)));
  }

  @SeededTest
  void randomAnswersNeverEstablishNorThrow(SeededEntropy entropy) {
    byte[] frame = entropy.bytes(entropy.random().nextInt(0, 80));
    if (frame.length >= 3) {
      frame[0] = (byte) entropy.random().nextInt(1, 5);
      Frames.putUint16(frame, 1, frame.length - 3);
    }
    HandshakeOutcome outcome = client().handleResponse(frame);
    assertFalse(outcome instanceof HandshakeOutcome.Established);
    assertNull(ServerHandshake.accept(SERVER, frame, entropy::fill));
  }

  @SeededTest(seeds = 5)
  void everyHandshakeHasKeysOfItsOwn(SeededEntropy entropy) {
    MachinePrivateKey machine = MachinePrivateKey.generate(entropy::fill);
    ClientHandshake a = ClientHandshake.begin(113, machine, SERVER.publicKey(), entropy::fill);
    ClientHandshake b = ClientHandshake.begin(113, machine, SERVER.publicKey(), entropy::fill);
    assertFalse(Arrays.equals(a.initiation(), b.initiation()));
    ServerHandshake first = ServerHandshake.accept(SERVER, a.initiation(), entropy::fill);
    ServerHandshake again = ServerHandshake.accept(SERVER, a.initiation(), entropy::fill);
    assertNotEquals(first.channel().handshakeHash(), again.channel().handshakeHash());
    assertEquals(machine.publicKey(), first.machine());
    assertEquals(113, first.version());
  }

  @Test
  void theEarlyPayloadComesBackFromItsBytes() {
    ChallengeKey key = ChallengePrivateKey.generate(fixed(0x60, 0x7f)).publicKey();
    byte[] bytes = new EarlyPayload(key).encode();
    assertArrayEquals(hex("ffffff5453"), Arrays.copyOf(bytes, 5));
    byte[] header = Arrays.copyOf(bytes, EarlyPayload.HEADER_BYTES);
    assertTrue(EarlyPayload.isHeader(header));
    int length = EarlyPayload.jsonLength(header);
    assertEquals(bytes.length, EarlyPayload.HEADER_BYTES + length);
    byte[] json = Arrays.copyOfRange(bytes, EarlyPayload.HEADER_BYTES, bytes.length);
    assertEquals("{\"nodeKeyChallenge\":\"" + key + "\"}", new String(json, UTF_8));
    assertEquals(Optional.of(new EarlyPayload(key)), EarlyPayload.parse(json));
  }

  @Test
  void http2SettingsAreNoEarlyPayload() {
    assertFalse(EarlyPayload.isHeader(hex("000012040000000000")));
    assertFalse(EarlyPayload.isHeader(hex("ffffff545400000010")));
  }

  @Test
  void anEarlyPayloadHasALimitAndMayHoldNoChallenge() {
    assertEquals(-1, EarlyPayload.jsonLength(hex("ffffff545300000401")));
    assertEquals(-1, EarlyPayload.jsonLength(hex("ffffff545380000000")));
    assertEquals(1024, EarlyPayload.jsonLength(hex("ffffff545300000400")));
    assertEquals(Optional.empty(), EarlyPayload.parse("{}".getBytes(UTF_8)));
    assertEquals(Optional.empty(), EarlyPayload.parse("\u0000not json".getBytes(UTF_8)));
  }

  private static ClientHandshake client() {
    return ClientHandshake.begin(VERSION, CLIENT, SERVER.publicKey(), fixed(0x40, 0x5f));
  }

  private static ServerHandshake server() {
    return Objects.requireNonNull(accept(INITIATION));
  }

  private static ServerHandshake accept(byte[] initiation) {
    return ServerHandshake.accept(SERVER, initiation, fixed(0x60, 0x7f));
  }

  private static HandshakeOutcome failed(Fault fault) {
    return new HandshakeOutcome.Failed(fault);
  }

  private static SecureChannel established(HandshakeOutcome outcome) {
    return assertInstanceOf(HandshakeOutcome.Established.class, outcome).channel();
  }

  private static byte[] seal(SecureChannel channel, byte[] plain) {
    byte[] record = new byte[SecureChannel.recordLength(plain.length)];
    assertEquals(record.length, channel.seal(plain, 0, plain.length, record, 0));
    return record;
  }

  private static byte[] open(SecureChannel channel, byte[] record) {
    assertNull(SecureChannel.checkHeader(record, 0));
    byte[] out = new byte[record.length - SecureChannel.recordLength(0)];
    assertNull(channel.open(record, 0, out, 0));
    return out;
  }

  /// Bytes that count up, the last as given: the ephemeral keys of the known answers.
  private static Entropy fixed(int first, int last) {
    return bytes -> {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (first + i);
      }
      bytes[bytes.length - 1] = (byte) last;
    };
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}

package dev.weft.stun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Endpoint;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Known answers: tailscaled 1.103 (`docs/protocol/dataplane.md` appendix B.3) and RFC 5769.
class StunTest {
  private static final TransactionId ID = new TransactionId(0x01020304, 0x05060708090a0b0cL);
  private static final String REQUEST =
      "000100142112a4420102030405060708090a0b0c802200087461696c6e6f646580280004b32c370f";
  private static final String RESPONSE =
      "0101000c2112a4420102030405060708090a0b0c00200008000183bbe112a645";
  private static final String RFC_5769_HEADER = "2112a442b7e7a701bc34d686fa87dfae";
  private static final String RFC_5769_RESPONSE_V4 =
      "0101003c"
          + RFC_5769_HEADER
          + "8022000b7465737420766563746f7220"
          + "002000080001a147e112a643"
          + "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
          + "80280004c07d4c96";
  private static final String RFC_5769_RESPONSE_V6 =
      "01010048"
          + RFC_5769_HEADER
          + "8022000b7465737420766563746f7220"
          + "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
          + "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
          + "80280004c8fb0b4c";

  @Test
  void aRequestIsByteForByteThatOfTheOfficialClient() {
    assertEquals(REQUEST, HexFormat.of().formatHex(new BindingRequest(ID).encode()));
  }

  @Test
  void aRequestOfTheOfficialClientIsUnderstood() {
    assertEquals(new BindingRequest(ID), parseRequest(hex(REQUEST)));
  }

  @Test
  void aResponseIsByteForByteThatOfTheOfficialRelay() {
    BindingResponse response = new BindingResponse(ID, Endpoint.parse("192.0.2.7:41641"));

    assertArrayEquals(hex(RESPONSE), response.encode());
    assertEquals(response, parseResponse(hex(RESPONSE)));
  }

  @Test
  void anIpv6AddressSurvivesTheRoundTripInFortyFourBytes() {
    BindingResponse response = new BindingResponse(ID, Endpoint.parse("[2001:db8::7]:1"));

    byte[] encoded = response.encode();

    assertEquals(44, encoded.length);
    assertEquals(response, parseResponse(encoded));
  }

  @Test
  void anIpv4MappedSourceIsAnsweredAsIpv4() {
    BindingResponse response = new BindingResponse(ID, Endpoint.parse("[::ffff:192.0.2.7]:41641"));

    assertArrayEquals(hex(RESPONSE), response.encode());
  }

  @Test
  void theSampleResponsesOfRfc5769AreUnderstood() {
    assertEquals(
        Endpoint.parse("192.0.2.1:32853"), mapped(parseResponse(hex(RFC_5769_RESPONSE_V4))));
    assertEquals(
        Endpoint.parse("[2001:db8:1234:5678:11:2233:4455:6677]:32853"),
        mapped(parseResponse(hex(RFC_5769_RESPONSE_V6))));
  }

  @Test
  void theAddressOfAServerThatPredatesXoringIsUnderstood() {
    byte[] old = hex("0101000c2112a4420102030405060708090a0b0c000100080001a2a9c0000207");

    assertEquals(Endpoint.parse("192.0.2.7:41641"), mapped(parseResponse(old)));
  }

  @Test
  void theXoredAddressWinsOverThePlainOne() {
    byte[] both =
        hex(
            "010100182112a4420102030405060708090a0b0c"
                + "00200008000183bbe112a645"
                + "0001000800010050c6336401");

    assertEquals(Endpoint.parse("192.0.2.7:41641"), mapped(parseResponse(both)));
  }

  @Test
  void anyFlippedBitOfARequestMakesItADrop() {
    for (int bit = 0; bit < BindingRequest.LENGTH * 8; bit++) {
      byte[] flipped = hex(REQUEST);
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));

      assertInstanceOf(StunDrop.class, parseRequest(flipped), "bit " + bit);
    }
  }

  @Test
  void aStandardClientGetsNoAnswer() {
    assertEquals(
        StunDrop.FOREIGN_SOFTWARE, parseRequest(hex("000100002112a4420102030405060708090a0b0c")));
  }

  @Test
  void theFingerprintMustBeTheLastAttribute() {
    byte[] softwareLast =
        hex("000100142112a4420102030405060708090a0b0c80280004b32c370f802200087461696c6e6f6465");
    byte[] without = hex("0001000c2112a4420102030405060708090a0b0c802200087461696c6e6f6465");

    assertEquals(StunDrop.NO_FINGERPRINT, parseRequest(softwareLast));
    assertEquals(StunDrop.NO_FINGERPRINT, parseRequest(without));
  }

  @Test
  void aResponseIsNoRequestAndTheReverse() {
    assertEquals(StunDrop.UNEXPECTED_TYPE, parseRequest(hex(RESPONSE)));
    assertEquals(StunDrop.UNEXPECTED_TYPE, parseResponse(hex(REQUEST)));
  }

  @Test
  void wireguardAndDiscoAreNotTakenForStun() {
    byte[] wireguard = new byte[148];
    wireguard[0] = 1;
    byte[] disco = new byte[62];
    System.arraycopy(hex("5453f09f92ac"), 0, disco, 0, 6);

    assertFalse(Stun.isStun(wireguard, 0, wireguard.length));
    assertFalse(Stun.isStun(disco, 0, disco.length));
    assertFalse(Stun.isStun(hex(REQUEST), 0, 19));
    assertTrue(Stun.isStun(hex(REQUEST), 0, 20));
  }

  @Test
  void aMessageInsideALargerBufferIsReadWithinItsBounds() {
    byte[] buffer = new byte[100];
    Arrays.fill(buffer, (byte) 0xff);
    System.arraycopy(hex(RESPONSE), 0, buffer, 37, 32);

    assertEquals(Endpoint.parse("192.0.2.7:41641"), mapped(BindingResponse.parse(buffer, 37, 32)));
    assertEquals(StunDrop.MALFORMED, BindingResponse.parse(buffer, 37, 31));
  }

  @Test
  void noDatagramThrows() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[][] samples = {hex(REQUEST), hex(RESPONSE), hex(RFC_5769_RESPONSE_V6)};
    for (int i = 0; i < 200_000; i++) {
      byte[] b = samples[random.nextInt(samples.length)];
      b = Arrays.copyOf(b, random.nextInt(b.length + 8));
      for (int flips = random.nextInt(4); flips > 0 && b.length > 0; flips--) {
        b[random.nextInt(b.length)] = (byte) random.nextInt();
      }
      try {
        parseRequest(b);
        parseResponse(b);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + HexFormat.of().formatHex(b), e);
      }
    }
  }

  private static RequestOutcome parseRequest(byte[] b) {
    return BindingRequest.parse(b, 0, b.length);
  }

  private static ResponseOutcome parseResponse(byte[] b) {
    return BindingResponse.parse(b, 0, b.length);
  }

  private static Endpoint mapped(ResponseOutcome outcome) {
    return assertInstanceOf(BindingResponse.class, outcome).mapped();
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}

package dev.weft.derp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weft.base.Bytes;
import dev.weft.base.Entropy;
import dev.weft.crypto.Box;
import dev.weft.keys.NodePrivateKey;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// Known answers: derper 1.103 (`docs/protocol/dataplane.md` appendix B.3).
class InfoTest {
  private static final NodePrivateKey CLIENT = secret(0x01);
  private static final NodePrivateKey RELAY = secret(0x21);
  private static final Entropy COUNTING =
      bytes -> {
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) i;
        }
      };
  private static final String CLIENT_INFO =
      "020000006807a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c00010203040506070809"
          + "0a0b0c0d0e0f1011121314151617"
          + "176bdffac6239dc06abd2678210731e169d7ad3c284e14bd97d07b31d36052dc1b4b776d33dac1"
          + "529db871ecd021683e";
  private static final String SERVER_INFO =
      "0300000035000102030405060708090a0b0c0d0e0f1011121314151617"
          + "06540bddef85b7931c207e81d7751d6469d7ad3c284e14bd97d07b3182";

  @Test
  void anIntroductionIsByteForByteThatOfTheOfficialClient() {
    byte[] frame = ClientInfo.ofNode().seal(CLIENT, RELAY.publicKey(), COUNTING).encode();

    assertEquals(CLIENT_INFO, HexFormat.of().formatHex(frame));
  }

  @Test
  void theReplyIsByteForByteThatOfTheOfficialRelay() {
    Box box = RELAY.box(CLIENT.publicKey());

    byte[] frame = ServerInfo.unlimited().seal(box, COUNTING).encode();

    assertEquals(SERVER_INFO, HexFormat.of().formatHex(frame));
  }

  @Test
  void whatIsSealedIsReadByTheOtherSide() {
    ClientInfo client = new ClientInfo(2, true, true, "prober", "ab".repeat(32));
    ServerInfo server = new ServerInfo(2, 1_000_000, 65_568);

    assertEquals(client, open(client.seal(CLIENT, RELAY.publicKey(), COUNTING), CLIENT));
    assertEquals(
        server,
        ServerInfo.open(
            server.seal(RELAY.box(CLIENT.publicKey()), COUNTING), CLIENT.box(RELAY.publicKey())));
  }

  @Test
  void whoDoesNotHoldTheKeyThatItNamesIsNotBelieved() {
    NodePrivateKey thief = secret(0x41);
    Frame.SealedClientInfo stolen =
        new Frame.SealedClientInfo(
            CLIENT.publicKey(),
            Bytes.of(new byte[Box.NONCE_BYTES]),
            ClientInfo.ofNode().seal(thief, RELAY.publicKey(), COUNTING).box());

    assertNull(open(stolen, CLIENT));
  }

  @Test
  void aClientWithoutAMeshKeyDoesNotMentionIt() {
    String json = new String(InfoJson.encode(ClientInfo.ofNode()), StandardCharsets.UTF_8);

    assertEquals("{\"version\":2,\"CanAckPings\":true}", json);
  }

  @Test
  void namesMatchInAnyCaseAndUnknownOnesArePassedOver() {
    assertEquals(
        new ClientInfo(3, true, false, "", null),
        parse("{\"Version\":3,\"x\":[{\"y\":null}],\"canackpings\":true,\"meshKey\":null}"));
  }

  @Test
  void documentsThatAreNoneAreRefused() {
    for (String json :
        new String[] {"", "null", "[]", "{", "{\"version\":", "{\"version\":\"x\"}", "\0\u0001"}) {
      assertNull(parse(json), json);
    }
  }

  @Test
  void aDocumentNestedBeyondReasonIsRefused() {
    assertNull(parse("{\"x\":" + "[".repeat(200_000)));
    assertNull(parse("{\"x\":" + "{\"a\":".repeat(40_000)));
  }

  @Test
  void theMeshSecretIsNotPrinted() {
    String secret = "ab".repeat(32);

    assertFalse(new ClientInfo(2, true, false, "", secret).toString().contains(secret));
  }

  private static ClientInfo open(Frame.SealedClientInfo frame, NodePrivateKey claimed) {
    return ClientInfo.open(frame, RELAY.box(claimed.publicKey()));
  }

  private static ClientInfo parse(String json) {
    return InfoJson.parseClientInfo(json.getBytes(StandardCharsets.UTF_8));
  }

  /// 32 bytes that count up from `first`.
  private static NodePrivateKey secret(int first) {
    StringBuilder text = new StringBuilder("privkey:");
    for (int i = 0; i < 32; i++) {
      text.append(HexFormat.of().toHexDigits((byte) (first + i)));
    }
    return NodePrivateKey.parse(text.toString());
  }
}

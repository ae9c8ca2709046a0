package dev.weft.disco;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.disco.DiscoMessage.CallMeMaybe;
import dev.weft.disco.DiscoMessage.Ping;
import dev.weft.disco.DiscoMessage.Pong;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.DiscoPrivateKey;
import dev.weft.keys.NodeKey;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// `docs/protocol/dataplane.md` appendix B.2: key A is 01..20, key B is 21..40, the nonce 00..17.
final class DiscoKnownAnswersTest {
  private static final DiscoPrivateKey A = privateKey(0x01);
  private static final DiscoPrivateKey B = privateKey(0x21);
  private static final Entropy NONCE =
      bytes -> {
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) i;
        }
      };
  private static final TxId TX_ID =
      TxId.read(HexFormat.of().parseHex("a0a1a2a3a4a5a6a7a8a9aaab"), 0);
  private static final NodeKey NODE = NodeKey.ofBytes(HexFormat.of().parseHex("11".repeat(32)), 0);

  private static final String PING =
      """
      5453f09f92ac07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c000102030405060708090a0b
      0c0d0e0f101112131415161790e98fbdc4226203693f0965837da77513f57bf8f89ed9775f55e9aa55e900ac641b051772a2
      be24ff8b5a89b3451c52385d2622357e5540ef846fcd5641
      """;
  private static final String PONG =
      """
      5453f09f92ac5869aff450549732cbaaed5e5df9b30a6da31cb0e5742bad5ad4a1a768f1a67b000102030405060708090a0b
      0c0d0e0f1011121314151617a69e2f346b46ae9feec5064941f1dc6010f57bf8f89ed9775f55e9aa55e911bd750a140663b3
      af3511658b98a053afea
      """;
  private static final String CALL_ME_MAYBE =
      """
      5453f09f92ac07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c000102030405060708090a0b
      0c0d0e0f1011121314151617bdd193afbb23e9c31498bbd79de482ff11f5db595a3d7dd2f9f2410300bdd78e1103b6af
      """;

  @Test
  void aPingHasItsKnownBytes() {
    check(A, B, new Ping(TX_ID, NODE, 0), PING);
  }

  @Test
  void aPongHasItsKnownBytes() {
    check(B, A, new Pong(TX_ID, Endpoint.parse("192.0.2.7:41641")), PONG);
  }

  @Test
  void aCallMeMaybeHasItsKnownBytes() {
    check(A, B, new CallMeMaybe(List.of(Endpoint.parse("198.51.100.9:41641"))), CALL_ME_MAYBE);
  }

  @Test
  void geneveHeadersHaveTheirKnownBytes() {
    checkGeneve("00807a1101020300", true, Geneve.PROTOCOL_DISCO);
    checkGeneve("00007a1101020300", false, Geneve.PROTOCOL_DISCO);
    checkGeneve("00007a1201020300", false, Geneve.PROTOCOL_WIREGUARD);
  }

  private static void check(
      DiscoPrivateKey from, DiscoPrivateKey to, DiscoMessage message, String known) {
    String hex = known.replaceAll("\\s", "");
    DiscoKey sender = from.publicKey();

    byte[] sealed = DiscoPacket.seal(sender, from.box(to.publicKey()), NONCE, message);
    assertEquals(hex, HexFormat.of().formatHex(sealed));

    byte[] packet = Bytes.fromHex("ffff" + hex + "ff").toArray();
    int length = packet.length - 3;
    assertTrue(DiscoPacket.looksLikeDisco(packet, 2, length));
    assertEquals(sender, DiscoPacket.sender(packet, 2));
    assertEquals(Optional.of(message), DiscoPacket.open(to.box(sender), packet, 2, length));
  }

  private static void checkGeneve(String hex, boolean control, int protocol) {
    byte[] header = new byte[Geneve.HEADER];
    Geneve.write(header, 0, control, protocol, 0x010203);
    assertEquals(hex, HexFormat.of().formatHex(header));
    assertTrue(Geneve.looksLikeGeneve(header, 0, header.length));
    assertEquals(control, Geneve.isControl(header, 0));
    assertEquals(protocol, Geneve.protocol(header, 0));
    assertEquals(0x010203, Geneve.vni(header, 0));
  }

  private static DiscoPrivateKey privateKey(int first) {
    StringBuilder hex = new StringBuilder("privkey:");
    for (int i = 0; i < 32; i++) {
      hex.append(HexFormat.of().toHexDigits((byte) (first + i)));
    }
    return DiscoPrivateKey.parse(hex.toString());
  }
}

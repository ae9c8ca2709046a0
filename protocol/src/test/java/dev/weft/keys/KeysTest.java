package dev.weft.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.testkit.SeededEntropy;
import dev.weft.testkit.SeededTest;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeysTest {
  private static final String HEX =
      "8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f";

  // docs/protocol/control.md §2.7
  private static final String CLIENT_PRIVATE =
      "privkey:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e5f";

  @Test
  void eachKindHasItsPrefix() {
    assertEquals("mkey:" + HEX, MachineKey.parse("mkey:" + HEX).toString());
    assertEquals("nodekey:" + HEX, NodeKey.parse("nodekey:" + HEX).toString());
    assertEquals("discokey:" + HEX, DiscoKey.parse("discokey:" + HEX).toString());
    assertEquals("chalpub:" + HEX, ChallengeKey.parse("chalpub:" + HEX).toString());
  }

  @Test
  void readsUpperCaseDigitsAndWritesLowerCase() {
    assertEquals(
        "mkey:" + HEX, MachineKey.parse("mkey:" + HEX.toUpperCase(Locale.ROOT)).toString());
  }

  @Test
  void anythingElseIsNoKey() {
    assertEquals(Optional.empty(), NodeKey.tryParse(""));
    assertEquals(Optional.empty(), NodeKey.tryParse(HEX));
    assertEquals(Optional.empty(), NodeKey.tryParse("nodekey:"));
    assertEquals(Optional.empty(), NodeKey.tryParse("mkey:" + HEX));
    assertEquals(Optional.empty(), NodeKey.tryParse("NODEKEY:" + HEX));
    assertEquals(Optional.empty(), NodeKey.tryParse("nodekey:" + HEX + "00"));
    assertEquals(Optional.empty(), NodeKey.tryParse("nodekey:" + HEX.substring(2)));
    assertEquals(Optional.empty(), NodeKey.tryParse("nodekey:" + HEX.substring(1) + "g"));
    assertEquals(Optional.empty(), NodeKey.tryParse("nodekey:" + HEX.substring(1) + "\uff11"));
  }

  @Test
  void theComplaintAboutAKeyDoesNotRepeatIt() {
    var e = assertThrows(IllegalArgumentException.class, () -> NodeKey.parse(CLIENT_PRIVATE));
    assertFalse(e.getMessage().contains("0102"), e.getMessage());
    String tooLong = CLIENT_PRIVATE + "5";
    e = assertThrows(IllegalArgumentException.class, () -> NodePrivateKey.parse(tooLong));
    assertFalse(e.getMessage().contains("0102"), e.getMessage());
  }

  @Test
  void aKeyHasThirtyTwoBytes() {
    assertThrows(IllegalArgumentException.class, () -> new NodeKey(Bytes.of(new byte[31])));
    assertThrows(IllegalArgumentException.class, () -> NodeKey.ofBytes(new byte[33], 2));
  }

  @Test
  void allZeroMeansNone() {
    assertTrue(NodeKey.ZERO.isZero());
    assertEquals(NodeKey.ZERO, NodeKey.parse("nodekey:" + "0".repeat(64)));
    assertFalse(NodeKey.parse("nodekey:" + HEX).isZero());
  }

  @Test
  void shortFormsAreThoseOfTheOriginal() {
    assertEquals("[j0DFr]", NodeKey.parse("nodekey:" + HEX).shortString());
    assertEquals("d:8f40c5adb68f2562", DiscoKey.parse("discokey:" + HEX).shortString());
    assertEquals("[bad01]", NodeKey.parse("nodekey:6da774d5d774" + "0".repeat(52)).shortString());
  }

  @Test
  void bytesGoInAndOutAtAnOffset() {
    byte[] buffer = new byte[40];
    NodeKey key = NodeKey.parse("nodekey:" + HEX);
    key.copyTo(buffer, 5);
    assertEquals(key, NodeKey.ofBytes(buffer, 5));
  }

  @Test
  void aPrivateKeyTellsItsPublicKey() {
    assertEquals("mkey:" + HEX, MachinePrivateKey.parse(CLIENT_PRIVATE).publicKey().toString());
    assertEquals("nodekey:" + HEX, NodePrivateKey.parse(CLIENT_PRIVATE).publicKey().toString());
    assertEquals("discokey:" + HEX, DiscoPrivateKey.parse(CLIENT_PRIVATE).publicKey().toString());
    assertEquals(
        "chalpub:" + HEX, ChallengePrivateKey.parse(CLIENT_PRIVATE).publicKey().toString());
  }

  @Test
  void aPrivateKeyShowsItselfOnlyWhenAskedForItsText() {
    NodePrivateKey key = NodePrivateKey.parse(CLIENT_PRIVATE);
    assertEquals("[redacted]", key.toString());
    assertEquals("[redacted]", MachinePrivateKey.parse(CLIENT_PRIVATE).toString());
    assertEquals("[redacted]", DiscoPrivateKey.parse(CLIENT_PRIVATE).toString());
    assertEquals("[redacted]", ChallengePrivateKey.parse(CLIENT_PRIVATE).toString());
    assertEquals(CLIENT_PRIVATE, key.toPrivateText());
  }

  @SeededTest(seeds = 5)
  void generatedKeysAreClampedAndComeBackFromTheirText(SeededEntropy entropy) {
    MachinePrivateKey key = MachinePrivateKey.generate(entropy::fill);
    byte[] raw = Bytes.fromHex(key.toPrivateText().substring("privkey:".length())).toArray();
    assertEquals(0, raw[0] & 7);
    assertEquals(0x40, raw[31] & 0xC0);
    assertEquals(key.publicKey(), MachinePrivateKey.parse(key.toPrivateText()).publicKey());
    assertNotEquals(key.publicKey(), MachinePrivateKey.generate(entropy::fill).publicKey());
  }

  @SeededTest(seeds = 5)
  void boxesBetweenTwoNodesOpenOnBothSides(SeededEntropy entropy) {
    NodePrivateKey a = NodePrivateKey.generate(entropy::fill);
    NodePrivateKey b = NodePrivateKey.generate(entropy::fill);
    byte[] nonce = entropy.bytes(24);
    byte[] sealed = a.box(b.publicKey()).seal(nonce, new byte[] {1, 2, 3});
    assertArrayEquals(new byte[] {1, 2, 3}, b.box(a.publicKey()).open(nonce, sealed));
    assertArrayEquals(a.agree(b.publicKey()), b.agree(a.publicKey()));
  }

  @Test
  void thereIsNoAgreementWithTheZeroKey() {
    assertNull(NodePrivateKey.parse(CLIENT_PRIVATE).agree(NodeKey.ZERO));
  }
}

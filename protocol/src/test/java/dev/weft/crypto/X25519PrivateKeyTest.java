package dev.weft.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.SeededEntropy;
import dev.weft.testkit.SeededTest;
import dev.weft.testkit.SharedVectors;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class X25519PrivateKeyTest {
  @Test
  void agreesAsWycheproofSays() {
    int refused = 0;
    for (SharedVectors.Vector test : SharedVectors.wycheproof("wycheproof-x25519.json")) {
      byte[] shared = X25519PrivateKey.of(test.hex("private")).agree(test.hex("public"));
      byte[] expected = test.hex("shared");
      if (Arrays.equals(expected, new byte[32])) {
        assertNull(shared, test.id());
        refused++;
      } else {
        assertArrayEquals(expected, shared, test.id());
      }
    }
    assertTrue(refused > 0, "the file holds keys of low order");
  }

  @Test
  void aKeyOfLowOrderIsRefused() {
    X25519PrivateKey key = X25519PrivateKey.of(new byte[32]);
    assertNull(key.agree(new byte[32]));
    byte[] one = new byte[32];
    one[0] = 1;
    assertNull(key.agree(one));
  }

  @Test
  void tellsThePublicKeyOfTheRfc() {
    // RFC 7748 §6.1
    byte[] alice =
        HexFormat.of().parseHex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    X25519PrivateKey key = X25519PrivateKey.of(alice);
    assertEquals(
        "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
        HexFormat.of().formatHex(key.publicBytes()));
  }

  @SeededTest
  void bothSidesAgree(SeededEntropy entropy) {
    X25519PrivateKey a = X25519PrivateKey.generate(entropy::fill);
    X25519PrivateKey b = X25519PrivateKey.generate(entropy::fill);
    assertArrayEquals(a.agree(b.publicBytes()), b.agree(a.publicBytes()));
  }

  @Test
  void keepsItsOwnCopyOfTheSecretAndNeverShowsIt() {
    byte[] secret = new byte[32];
    secret[3] = 7;
    X25519PrivateKey key = X25519PrivateKey.of(secret);
    byte[] before = key.agree(X25519PrivateKey.of(new byte[32]).publicBytes());
    Arrays.fill(secret, (byte) 9);
    assertArrayEquals(before, key.agree(X25519PrivateKey.of(new byte[32]).publicBytes()));
    assertEquals("[redacted]", key.toString());
  }

  @Test
  void aSecretOfAnotherLengthIsTheCallersMistake() {
    assertThrows(IllegalArgumentException.class, () -> X25519PrivateKey.of(new byte[31]));
  }
}

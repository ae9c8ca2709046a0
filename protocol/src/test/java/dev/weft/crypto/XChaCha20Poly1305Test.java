package dev.weft.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weft.testkit.SharedVectors;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class XChaCha20Poly1305Test {
  @Test
  void hchacha20GivesTheSubkeyOfTheDraft() {
    // draft-irtf-cfrg-xchacha-03 §2.2.1
    assertEquals(
        "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc",
        hex(
            XChaCha20Poly1305.hchacha20(
                bytes("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
                bytes("000000090000004a0000000031415927"))));
  }

  @Test
  void sealsAndOpensAsWycheproofSays() {
    for (SharedVectors.Vector test :
        SharedVectors.wycheproof("wycheproof-xchacha20_poly1305.json")) {
      byte[] nonce = test.hex("iv");
      if (nonce.length != XChaCha20Poly1305.NONCE_BYTES) {
        assertFalse(test.isValid(), test.id());
        continue;
      }
      byte[] sealed = bytes(test.text("ct") + test.text("tag"));
      byte[] opened = XChaCha20Poly1305.open(test.hex("key"), nonce, test.hex("aad"), sealed);
      if (test.isValid()) {
        assertArrayEquals(test.hex("msg"), opened, test.id());
        assertArrayEquals(
            sealed,
            XChaCha20Poly1305.seal(test.hex("key"), nonce, test.hex("aad"), test.hex("msg")),
            test.id());
      } else {
        assertNull(opened, test.id());
      }
    }
  }

  @Test
  void sealsTheCookieOfWireGuardsReply() {
    // docs/protocol/dataplane.md §B.1: the additional data is the mac1 of the initiation
    byte[] key = bytes("17728e626505a9a7054fda9a980a5209fb72714de5d9e476848ec7214cc83713");
    byte[] nonce = bytes("000102030405060708090a0b0c0d0e0f1011121314151617");
    byte[] mac1 = bytes("14c7b3537900475bb61d883e99eabeaf");
    byte[] sealed = bytes("b4e8d83f52ef9bbd19fce3ee1cd62dbfe2b32a4938888aa39ac597b33e4239a5");
    assertEquals(
        "70fd5999aaf00e3d41b99dec7e41d310", hex(XChaCha20Poly1305.open(key, nonce, mac1, sealed)));
  }

  @Test
  void tooShortIsNotAuthentic() {
    assertNull(XChaCha20Poly1305.open(new byte[32], new byte[24], new byte[0], new byte[15]));
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}

package dev.weft.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weft.testkit.SeededEntropy;
import dev.weft.testkit.SeededTest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class BoxTest {
  private static final byte[] NONCE = bytes("000102030405060708090a0b0c0d0e0f1011121314151617");

  @Test
  void sealsThePublishedExample() {
    // NaCl's tests/box.c and tests/box2.c
    X25519PrivateKey alice =
        X25519PrivateKey.of(
            bytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
    byte[] bob = bytes("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    byte[] nonce = bytes("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
    byte[] plain =
        bytes(
            "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffc"
                + "e5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31"
                + "0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde"
                + "048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f93776384864"
                + "5e0705");
    byte[] sealed = Box.between(alice, bob, 0).seal(nonce, plain);
    assertEquals(
        "f3ffc7703f9400e52a7dfb4b3d3305d9",
        HexFormat.of().formatHex(Arrays.copyOf(sealed, Box.OVERHEAD_BYTES)));
  }

  @Test
  void opensTheBoxOfADiscoPing() {
    // docs/protocol/dataplane.md §B.2: type 1, version 0, the transaction, the node key
    byte[] ping =
        bytes(
            "90e98fbdc4226203693f0965837da77513f57bf8f89ed9775f55e9aa55e900ac641b051772a2"
                + "be24ff8b5a89b3451c52385d2622357e5540ef846fcd5641");
    byte[] plain = bytes("0100a0a1a2a3a4a5a6a7a8a9aaab" + "11".repeat(32));
    Box a = Box.between(secret(0x01), secret(0x21).publicBytes(), 0);
    Box b = Box.between(secret(0x21), secret(0x01).publicBytes(), 0);
    assertArrayEquals(ping, a.seal(NONCE, plain));
    assertArrayEquals(plain, b.open(NONCE, ping));
  }

  @SeededTest
  void opensItsOwnAtAnOffsetAndNothingChanged(SeededEntropy entropy) {
    Box a = Box.between(secret(1), secret(2).publicBytes(), 0);
    byte[] plain = entropy.bytes(entropy.random().nextInt(0, 300));
    byte[] nonce = entropy.bytes(Box.NONCE_BYTES);
    byte[] sealed = a.seal(nonce, plain);
    byte[] padded = new byte[sealed.length + 10];
    System.arraycopy(sealed, 0, padded, 5, sealed.length);
    assertArrayEquals(plain, a.open(nonce, padded, 5, sealed.length));
    padded[5 + entropy.random().nextInt(sealed.length)] ^= 4;
    assertNull(a.open(nonce, padded, 5, sealed.length));
  }

  @Test
  void tooShortDoesNotOpen() {
    Box box = Box.between(secret(1), secret(2).publicBytes(), 0);
    assertNull(box.open(NONCE, new byte[15]));
    assertNull(box.open(NONCE, new byte[0]));
  }

  @Test
  void aKeyOfLowOrderOpensNothing() {
    Box box = Box.between(secret(1), new byte[32], 0);
    Box same = Box.between(secret(2), new byte[32], 0);
    byte[] sealed = box.seal(NONCE, new byte[] {1});
    assertNull(box.open(NONCE, sealed));
    assertNull(same.open(NONCE, sealed));
    assertEquals("[redacted]", box.toString());
  }

  /// The secret of 32 bytes that count up from `first`.
  private static X25519PrivateKey secret(int first) {
    byte[] secret = new byte[32];
    for (int i = 0; i < secret.length; i++) {
      secret[i] = (byte) (first + i);
    }
    return X25519PrivateKey.of(secret);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}

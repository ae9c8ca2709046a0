package dev.weft.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.testkit.SeededEntropy;
import dev.weft.testkit.SeededTest;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.Blake2sDigest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;

class Blake2sTest {
  @Test
  void hashesTheExampleOfTheRfc() {
    // RFC 7693 appendix B
    assertEquals(
        "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982",
        hex(Blake2s.hash(ascii("abc"))));
  }

  @Test
  void hashesPartsAsIfTheyWereOne() {
    assertArrayEquals(Blake2s.hash(ascii("abc")), Blake2s.hash(ascii("a"), ascii(""), ascii("bc")));
  }

  @Test
  void startsWireGuardsChain() {
    // docs/protocol/dataplane.md §B.1
    byte[] chainKey = Blake2s.hash(ascii("Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s"));
    assertEquals("60e26daef327efc02ec335e2a025d2d016eb4206f87277f52d38d1988b78cd36", hex(chainKey));
    assertEquals(
        "2211b361081ac566691243db458ad5322d9c6c662293e8b70ee19c65ba079ef3",
        hex(Blake2s.hash(chainKey, ascii("WireGuard v1 zx2c4 Jason@zx2c4.com"))));
  }

  @Test
  void macIsTheKeyedModeWithSixteenBytes() {
    // mac1 of the initiation in docs/protocol/dataplane.md §B.1
    byte[] mac1Key =
        HexFormat.of().parseHex("5c5cbbfd0c782a2539047315dc2b629f825570bc6a8686d245dd060463b85e1b");
    byte[] initiation =
        HexFormat.of()
            .parseHex(
                "010000000403020164b101b1d0be5a8704bd078f9895001fc03e8e9f9522f188dd128d9846d48466158a"
                    + "0e4ca242d151ca97ab90159a98b67e616625e68b4065d357376b6598e644ad7d678c0295d22de4"
                    + "cb43d5135581ed36346bfa7cf42a123c39f89392ee3c9bd723c3e88ed1b258f86b2dae14c7b353"
                    + "7900475bb61d883e99eabeaf");
    assertEquals(
        hex(Arrays.copyOfRange(initiation, 116, 132)),
        hex(Blake2s.mac(mac1Key, initiation, 0, 116)));
  }

  @Test
  void derivedKeysContinueEachOther() {
    byte[] chainKey = Blake2s.hash(ascii("ck"));
    byte[][] three = Blake2s.kdf3(chainKey, ascii("input"));
    assertArrayEquals(three[0], Blake2s.kdf1(chainKey, ascii("input")));
    assertArrayEquals(three[1], Blake2s.kdf2(chainKey, ascii("input"))[1]);
    byte[] extracted = Blake2s.hmac(chainKey, ascii("input"));
    assertArrayEquals(Blake2s.hmac(extracted, three[1], new byte[] {3}), three[2]);
  }

  @SeededTest(seeds = 5)
  void hmacAgreesWithBouncyCastles(SeededEntropy entropy) {
    for (int keyLength : new int[] {1, 32, 64, 65, 100}) {
      byte[] key = entropy.bytes(keyLength);
      byte[] message = entropy.bytes(200);
      assertArrayEquals(bouncyCastleHmac(key, message), Blake2s.hmac(key, message));
    }
  }

  private static byte[] bouncyCastleHmac(byte[] key, byte[] message) {
    HMac hmac = new HMac(new Blake2sDigest(256));
    hmac.init(new KeyParameter(key));
    hmac.update(message, 0, message.length);
    byte[] out = new byte[32];
    hmac.doFinal(out, 0);
    return out;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}

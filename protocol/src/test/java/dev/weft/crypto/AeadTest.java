package dev.weft.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.SeededEntropy;
import dev.weft.testkit.SeededTest;
import dev.weft.testkit.SharedVectors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AeadTest {
  static List<AeadProvider> providers() {
    return Aeads.all();
  }

  @Test
  void theJdkIsAlwaysTheLastResort() {
    assertEquals("jdk", Aeads.all().getLast().name());
    assertEquals(Aeads.all().getFirst(), Aeads.best());
  }

  @ParameterizedTest
  @MethodSource("providers")
  void sealsAndOpensAsWycheproofSays(AeadProvider provider) {
    for (SharedVectors.Vector test :
        SharedVectors.wycheproof("wycheproof-chacha20_poly1305.json")) {
      byte[] nonce = test.hex("iv");
      if (nonce.length != Primitive.NONCE_BYTES) {
        assertFalse(test.isValid(), test.id());
        continue; // our nonces cannot have another length
      }
      byte[] plain = test.hex("msg");
      byte[] sealed = join(test.hex("ct"), test.hex("tag"));
      byte[] opened = new byte[plain.length];
      Primitive cipher = provider.keyed(test.hex("key"));
      boolean opens = cipher.open(nonce, test.hex("aad"), sealed, 0, sealed.length, opened, 0);
      assertEquals(test.isValid(), opens, test.id());
      if (opens) {
        assertArrayEquals(plain, opened, test.id());
        byte[] again = new byte[sealed.length];
        cipher.seal(nonce, test.hex("aad"), plain, 0, plain.length, again, 0);
        assertArrayEquals(sealed, again, test.id());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void aChangedBitAnywhereFailsAndLeavesTheCipherUsable(AeadProvider provider) {
    Aead aead = provider.littleEndian(new byte[32]);
    byte[] ad = {1, 2};
    byte[] sealed = new byte[5 + Aead.TAG_BYTES];
    aead.seal(9, ad, new byte[] {1, 2, 3, 4, 5}, 0, 5, sealed, 0);
    byte[] out = new byte[5];
    for (int bit = 0; bit < sealed.length * Byte.SIZE; bit++) {
      byte[] forged = sealed.clone();
      forged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      assertFalse(aead.open(9, ad, forged, 0, forged.length, out, 0));
      assertArrayEquals(new byte[5], out, "nothing unauthenticated is handed out");
    }
    assertFalse(aead.open(8, ad, sealed, 0, sealed.length, out, 0));
    assertFalse(aead.open(9, sealed, 0, sealed.length, out, 0));
    assertTrue(aead.open(9, ad, sealed, 0, sealed.length, out, 0));
    assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, out);
  }

  @ParameterizedTest
  @MethodSource("providers")
  void anythingShorterThanATagDoesNotOpen(AeadProvider provider) {
    Aead aead = provider.littleEndian(new byte[32]);
    for (int length = 0; length < Aead.TAG_BYTES; length++) {
      assertFalse(aead.open(0, new byte[16], 0, length, new byte[16], 0));
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void oneCounterIsNotUsedTwiceInARow(AeadProvider provider) {
    Aead aead = provider.bigEndian(new byte[32]);
    byte[] out = new byte[1 + Aead.TAG_BYTES];
    aead.seal(0, new byte[1], 0, 1, out, 0);
    assertThrows(IllegalStateException.class, () -> aead.seal(0, new byte[1], 0, 1, out, 0));
    aead.seal(1, new byte[1], 0, 1, out, 0);
  }

  @Test
  void theByteOrderOfTheCounterIsTheOneAskedFor() {
    byte[] key = HexFormat.of().parseHex("42".repeat(32));
    for (AeadProvider provider : Aeads.all()) {
      assertArrayEquals(
          sealRaw(provider, key, "000000000807060504030201"),
          sealCounter(provider.littleEndian(key), 0x0102030405060708L));
      assertArrayEquals(
          sealRaw(provider, key, "000000000102030405060708"),
          sealCounter(provider.bigEndian(key), 0x0102030405060708L));
    }
  }

  @SeededTest
  void providersAgreeInPlaceAndAtOffsets(SeededEntropy entropy) {
    byte[] key = entropy.bytes(32);
    byte[] packet = entropy.bytes(1500);
    int length = entropy.random().nextInt(0, 1400);
    byte[] expected = null;
    for (AeadProvider provider : Aeads.all()) {
      Aead aead = provider.littleEndian(key);
      byte[] buffer = packet.clone();
      aead.seal(77, buffer, 7, length, buffer, 7);
      expected = expected == null ? buffer.clone() : expected;
      assertArrayEquals(expected, buffer, provider.name());
      assertTrue(aead.open(77, buffer, 7, length + Aead.TAG_BYTES, buffer, 7));
      assertArrayEquals(
          Arrays.copyOf(packet, 7 + length), Arrays.copyOf(buffer, 7 + length), provider.name());
    }
  }

  @SeededTest
  void memoryOutsideTheHeapIsSealedAndOpenedAsArraysAre(SeededEntropy entropy) {
    byte[] key = entropy.bytes(32);
    int length = entropy.random().nextInt(0, 1400);
    byte[] plain = entropy.bytes(length);
    byte[] expected = new byte[length + Aead.TAG_BYTES];
    Aeads.all().getLast().littleEndian(key).seal(5, plain, 0, length, expected, 0);
    try (Arena arena = Arena.ofConfined()) {
      for (AeadProvider provider : Aeads.all()) {
        Aead aead = provider.littleEndian(key);
        for (MemorySegment socket :
            List.of(arena.allocate(2048), MemorySegment.ofArray(new byte[2048]))) {
          aead.seal(5, plain, 0, length, socket, 9);
          assertArrayEquals(expected, bytes(socket, 9, expected.length), provider.name());
          byte[] opened = new byte[length + 3];
          assertTrue(aead.open(5, socket, 9, expected.length, opened, 3), provider.name());
          assertArrayEquals(plain, Arrays.copyOfRange(opened, 3, 3 + length), provider.name());
          byte[] refused = new byte[length];
          assertFalse(aead.open(6, socket, 9, expected.length, refused, 0), provider.name());
          assertArrayEquals(new byte[length], refused, "nothing unauthenticated is handed out");
          aead.seal(8, plain, 0, length, socket, 9); // another counter for the next round
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void memoryThatIsTooSmallIsNotWrittenBeyondItsEnd(AeadProvider provider) {
    Aead aead = provider.littleEndian(new byte[32]);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment small = arena.allocate(64);
      assertThrows(
          IndexOutOfBoundsException.class, () -> aead.seal(1, new byte[40], 0, 40, small, 9));
      assertThrows(
          IndexOutOfBoundsException.class, () -> aead.open(1, small, 9, 56, new byte[64], 0));
    }
  }

  private static byte[] bytes(MemorySegment memory, int at, int length) {
    return memory.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void aProviderThatAnswersWronglyFailsItsSelfTest() {
    AeadProvider broken =
        new AeadProvider(
            "broken",
            key ->
                new Primitive() {
                  private final Primitive real = new JdkPrimitive(key);

                  @Override
                  public void seal(
                      byte[] nonce, byte[] ad, byte[] in, int at, int n, byte[] out, int outAt) {
                    real.seal(nonce, ad, in, at, n, out, outAt);
                  }

                  @Override
                  public boolean open(
                      byte[] nonce, byte[] ad, byte[] in, int at, int n, byte[] out, int outAt) {
                    real.open(nonce, ad, in, at, n, out, outAt);
                    return true;
                  }
                });
    assertFalse(Aeads.SelfTest.passes(broken));
    assertTrue(Aeads.all().stream().allMatch(Aeads.SelfTest::passes));
  }

  @Test
  void aKeyOfAnotherLengthIsTheCallersMistake() {
    AeadProvider best = Aeads.best();
    assertThrows(IllegalArgumentException.class, () -> best.littleEndian(new byte[16]));
  }

  private static byte[] sealCounter(Aead aead, long counter) {
    byte[] out = new byte[3 + Aead.TAG_BYTES];
    aead.seal(counter, new byte[3], 0, 3, out, 0);
    return out;
  }

  private static byte[] sealRaw(AeadProvider provider, byte[] key, String nonce) {
    byte[] out = new byte[3 + Aead.TAG_BYTES];
    provider
        .keyed(key)
        .seal(HexFormat.of().parseHex(nonce), new byte[0], new byte[3], 0, 3, out, 0);
    return out;
  }

  private static byte[] join(byte[] a, byte[] b) {
    byte[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }
}

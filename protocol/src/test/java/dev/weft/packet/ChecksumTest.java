package dev.weft.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ChecksumTest {
  /// A widely published IPv4 header: 192.168.0.1 to 192.168.0.199, UDP, checksum b861.
  private static final String HEADER = "45000073000040004011b861c0a80001c0a800c7";

  @Test
  void theSumOfAKnownHeaderIsItsChecksum() {
    byte[] a = HexFormat.of().parseHex(HEADER);
    assertTrue(Checksum.isIntact(Checksum.sum(a, 0, a.length)));
    Wire.put16(a, 10, 0);
    assertEquals(0xb861, Checksum.finish(Checksum.sum(a, 0, a.length)));
  }

  @Test
  void theFastSumEqualsTheDefinitionAtAnyOffsetAndLength() {
    long seed = 1071;
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      byte[] a = new byte[1 + random.nextInt(1500)];
      random.nextBytes(a);
      if (round % 5 == 0) {
        java.util.Arrays.fill(a, (byte) 0xff);
      }
      int from = random.nextInt(a.length);
      int length = random.nextInt(a.length - from + 1);
      assertEquals(
          bySimpleWords(a, from, length),
          Checksum.finish(Checksum.sum(a, from, length)),
          "seed " + seed + " round " + round);
    }
  }

  @Test
  void anIncrementalUpdateEqualsAFullSum() {
    long seed = 1624;
    Random random = new Random(seed);
    byte[] a = HexFormat.of().parseHex(HEADER);
    for (int round = 0; round < 1000; round++) {
      int address = random.nextInt();
      int updated = Checksum.update32(Wire.u16(a, 10), Wire.i32(a, 12), address);
      Wire.put32(a, 12, address);
      Wire.put16(a, 10, updated);
      assertTrue(Checksum.isIntact(Checksum.sum(a, 0, a.length)), "seed " + seed);
    }
  }

  @Test
  void aSingleFlippedBitIsNoticed() {
    byte[] a = HexFormat.of().parseHex(HEADER);
    for (int bit = 0; bit < a.length * 8; bit++) {
      a[bit / 8] ^= (byte) (1 << bit % 8);
      assertFalse(Checksum.isIntact(Checksum.sum(a, 0, a.length)));
      a[bit / 8] ^= (byte) (1 << bit % 8);
    }
  }

  private static int bySimpleWords(byte[] a, int from, int length) {
    long sum = 0;
    for (int i = 0; i < length; i += 2) {
      int high = a[from + i] & 0xff;
      int low = i + 1 < length ? a[from + i + 1] & 0xff : 0;
      sum += high << 8 | low;
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (int) (~sum & 0xffff);
  }
}

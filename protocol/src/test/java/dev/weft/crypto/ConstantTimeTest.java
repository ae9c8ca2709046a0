package dev.weft.crypto;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ConstantTimeTest {
  @Test
  void equalMeansSameLengthAndSameBytes() {
    assertTrue(ConstantTime.equal(new byte[] {1, 2}, new byte[] {1, 2}));
    assertFalse(ConstantTime.equal(new byte[] {1, 2}, new byte[] {1, 3}));
    assertFalse(ConstantTime.equal(new byte[] {1, 2}, new byte[] {1}));
    assertTrue(ConstantTime.equal(new byte[] {9, 1}, 1, new byte[] {1, 9}, 0, 1));
  }
}

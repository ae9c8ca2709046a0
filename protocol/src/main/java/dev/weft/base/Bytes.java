package dev.weft.base;

import java.util.Arrays;
import java.util.HexFormat;

/// An immutable byte string, for record components and map keys.
///
/// Not for secrets: {@link #toString()} shows the bytes.
public final class Bytes implements Comparable<Bytes> {
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] value;
  private final int hash;

  private Bytes(byte[] owned) {
    value = owned;
    hash = Arrays.hashCode(owned);
  }

  /// Copies the given bytes.
  public static Bytes of(byte... bytes) {
    return new Bytes(bytes.clone());
  }

  /// Copies `length` bytes from `offset`.
  public static Bytes copyOf(byte[] bytes, int offset, int length) {
    return new Bytes(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  /// Parses hexadecimal digits of either case, without separators.
  ///
  /// @throws IllegalArgumentException when the text is anything else
  public static Bytes fromHex(String hex) {
    return new Bytes(HexFormat.of().parseHex(hex));
  }

  public int length() {
    return value.length;
  }

  public byte at(int index) {
    return value[index];
  }

  /// Returns a copy.
  public byte[] toArray() {
    return value.clone();
  }

  /// Copies all bytes into `target`, from index `at` on.
  public void copyTo(byte[] target, int at) {
    System.arraycopy(value, 0, target, at, value.length);
  }

  /// Lower-case hexadecimal digits without separators.
  public String toHex() {
    return HexFormat.of().formatHex(value);
  }

  public boolean isZero() {
    for (byte b : value) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /// Lexicographic, bytes as unsigned.
  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(value, other.value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return toHex();
  }
}

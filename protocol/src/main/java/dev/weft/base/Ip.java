package dev.weft.base;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/// An IPv4 or IPv6 address as a value: no host name, no zone, no look-up.
///
/// An IPv4-mapped IPv6 address is an IPv6 address until {@link #unmap()}.
public final class Ip implements Comparable<Ip> {
  public static final Ip V4_UNSPECIFIED = v4(0);
  public static final Ip V6_UNSPECIFIED = v6(0, 0);

  private static final long V4_MAPPED_PREFIX = 0xffff_0000_0000L;

  /// IPv6: the upper 64 bits. IPv4: zero.
  private final long high;

  /// IPv6: the lower 64 bits. IPv4: the address in the lower 32.
  private final long low;

  private final boolean isV4;

  private Ip(long high, long low, boolean isV4) {
    this.high = high;
    this.low = low;
    this.isV4 = isV4;
  }

  /// An IPv4 address from its 32 bits, the first octet in the highest.
  public static Ip v4(int bits) {
    return new Ip(0, bits & 0xffff_ffffL, true);
  }

  public static Ip v6(long high, long low) {
    return new Ip(high, low, false);
  }

  /// Reads 4 or 16 bytes in network order.
  ///
  /// @throws IllegalArgumentException when `length` is neither
  public static Ip ofBytes(byte[] bytes, int offset, int length) {
    return switch (length) {
      case 4 -> v4((int) readBits(bytes, offset, 4));
      case 16 -> v6(readBits(bytes, offset, 8), readBits(bytes, offset + 8, 8));
      default -> throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + length);
    };
  }

  public static Ip of(InetAddress address) {
    byte[] bytes = address.getAddress();
    return ofBytes(bytes, 0, bytes.length);
  }

  /// Parses dotted-decimal IPv4, or IPv6 without a zone.
  ///
  /// @throws IllegalArgumentException when the text is neither
  public static Ip parse(String text) {
    return tryParse(text)
        .orElseThrow(() -> new IllegalArgumentException("not an IP address: " + text));
  }

  public static Optional<Ip> tryParse(String text) {
    return Optional.ofNullable(IpText.parse(text));
  }

  public boolean isV4() {
    return isV4;
  }

  public boolean isV6() {
    return !isV4;
  }

  /// 32 or 128.
  public int bitLength() {
    return isV4 ? 32 : 128;
  }

  /// The 32 bits of an IPv4 address.
  public int v4Bits() {
    assert isV4;
    return (int) low;
  }

  /// The upper 64 bits of an IPv6 address; zero for IPv4.
  public long high() {
    return high;
  }

  /// The lower 64 bits of an IPv6 address; the 32 bits of an IPv4 address.
  public long low() {
    return low;
  }

  /// Four or sixteen bytes in network order.
  public byte[] toBytes() {
    byte[] bytes = new byte[isV4 ? 4 : 16];
    if (isV4) {
      writeBits(low, bytes, 0, 4);
    } else {
      writeBits(high, bytes, 0, 8);
      writeBits(low, bytes, 8, 8);
    }
    return bytes;
  }

  /// Writes 16 bytes; an IPv4 address in its IPv4-mapped form (`::ffff:a.b.c.d`).
  public void writeMapped16(byte[] target, int at) {
    writeBits(high, target, at, 8);
    writeBits(isV4 ? V4_MAPPED_PREFIX | low : low, target, at + 8, 8);
  }

  /// An IPv4-mapped IPv6 address as the IPv4 address it holds; any other address as it is.
  public Ip unmap() {
    boolean mapped = !isV4 && high == 0 && (low & ~0xffff_ffffL) == V4_MAPPED_PREFIX;
    return mapped ? v4((int) low) : this;
  }

  public InetAddress toInetAddress() {
    try {
      return InetAddress.getByAddress(toBytes());
    } catch (UnknownHostException e) {
      throw new AssertionError("4 and 16 bytes are always an address", e);
    }
  }

  /// This address with all bits after the first `bits` cleared.
  public Ip masked(int bits) {
    if (isV4) {
      return v4(bits == 0 ? 0 : (int) low & (-1 << (32 - bits)));
    }
    long highMask = bits == 0 ? 0 : bits >= 64 ? -1L : -1L << (64 - bits);
    long lowMask = bits <= 64 ? 0 : -1L << (128 - bits);
    return v6(high & highMask, low & lowMask);
  }

  public boolean isUnspecified() {
    return high == 0 && low == 0;
  }

  /// 127.0.0.0/8 and ::1.
  public boolean isLoopback() {
    return isV4 ? low >>> 24 == 127 : high == 0 && low == 1;
  }

  /// RFC 1918 and fc00::/7 (RFC 4193).
  public boolean isPrivate() {
    if (!isV4) {
      return high >>> 57 == 0xfc >> 1;
    }
    return low >>> 24 == 10 || low >>> 20 == (172 << 4 | 1) || low >>> 16 == (192 << 8 | 168);
  }

  /// 169.254.0.0/16 and fe80::/10.
  public boolean isLinkLocal() {
    return isV4 ? low >>> 16 == (169 << 8 | 254) : high >>> 54 == 0xfe80 >> 6;
  }

  /// 224.0.0.0/4 and ff00::/8.
  public boolean isMulticast() {
    return isV4 ? low >>> 28 == 0xe : high >>> 56 == 0xff;
  }

  /// IPv4 before IPv6, then by value as unsigned.
  @Override
  public int compareTo(Ip other) {
    if (isV4 != other.isV4) {
      return isV4 ? -1 : 1;
    }
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ip ip && high == ip.high && low == ip.low && isV4 == ip.isV4;
  }

  @Override
  public int hashCode() {
    // Fibonacci hashing: neighbouring addresses, the usual case in a tailnet, spread well.
    long mixed = (high * 31 + low) * 0x9e37_79b9_7f4a_7c15L;
    return (int) (mixed >>> 32);
  }

  /// The canonical text: dotted decimal, or RFC 5952 §4 and §5.
  @Override
  public String toString() {
    return IpText.format(this);
  }

  private static long readBits(byte[] bytes, int offset, int count) {
    long bits = 0;
    for (int i = 0; i < count; i++) {
      bits = bits << 8 | (bytes[offset + i] & 0xff);
    }
    return bits;
  }

  private static void writeBits(long bits, byte[] target, int at, int count) {
    for (int i = 0; i < count; i++) {
      target[at + i] = (byte) (bits >>> 8 * (count - 1 - i));
    }
  }
}

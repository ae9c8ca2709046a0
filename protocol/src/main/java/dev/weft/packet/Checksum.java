package dev.weft.packet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The Internet checksum (RFC 1071).
///
/// Sums are kept as 64-bit partial values of native-order words: the ones' complement sum does not
/// care about byte order until it is folded (RFC 1071 §2(B)). Partial sums of regions that start at
/// an even distance from each other may be added together.
public final class Checksum {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());
  private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  private static final long LOW = 0xffffffffL;

  private Checksum() {}

  /// The partial sum of a region. At most 2^31 words of 32 bits are added, so the 64-bit
  /// accumulators cannot overflow.
  public static long sum(byte[] a, int offset, int length) {
    long low = 0;
    long high = 0;
    int words = length >>> 3;
    // Plain on purpose: the compiler makes vector instructions of this loop, and of no unrolled
    // one.
    for (int i = 0; i < words; i++) {
      long word = (long) LONG.get(a, offset + (i << 3));
      low += word & LOW;
      high += word >>> 32;
    }
    int at = offset + (words << 3);
    int end = offset + length;
    for (; at + 4 <= end; at += 4) {
      low += (int) INT.get(a, at) & LOW;
    }
    if (at + 2 <= end) {
      low += (short) SHORT.get(a, at) & 0xffff;
      at += 2;
    }
    if (at < end) {
      int last = a[at] & 0xff;
      low += LITTLE ? last : last << 8;
    }
    return low + high;
  }

  /// The partial sum of the pseudo header (RFC 9293 §3.1, RFC 8200 §8.1): `length` counts the
  /// transport header and its payload. Addresses are as [IpView] gives them; the prefix of a mapped
  /// IPv4 address must not be counted.
  public static long pseudoHeader(
      long sourceHigh, long sourceLow, long destHigh, long destLow, int protocol, int length) {
    boolean v4 = isMapped(sourceHigh, sourceLow);
    long sum = v4 ? words(sourceLow & LOW) : words(sourceHigh) + words(sourceLow);
    sum += v4 ? words(destLow & LOW) : words(destHigh) + words(destLow);
    return nativeOrder(sum + protocol + (length & 0xffff) + (length >>> 16));
  }

  /// The partial sum of one 16-bit value.
  public static long word(int value) {
    return nativeOrder(value & 0xffff);
  }

  /// The checksum to put in a header whose checksum field was zero in the partial sum.
  public static int finish(long partial) {
    return ~foldToNetwork(partial) & 0xffff;
  }

  /// Whether a partial sum that includes the checksum field belongs to intact data.
  public static boolean isIntact(long partial) {
    return foldToNetwork(partial) == 0xffff;
  }

  /// The checksum after one 16-bit word changed (RFC 1624, equation 3).
  public static int update(int checksum, int oldWord, int newWord) {
    int sum = (~checksum & 0xffff) + (~oldWord & 0xffff) + (newWord & 0xffff);
    return ~fold(sum) & 0xffff;
  }

  /// The checksum after one 32-bit value at an even distance changed, as in rewriting an IPv4
  /// address.
  public static int update32(int checksum, int oldValue, int newValue) {
    int half = update(checksum, oldValue >>> 16, newValue >>> 16);
    return update(half, oldValue & 0xffff, newValue & 0xffff);
  }

  static boolean isMapped(long high, long low) {
    return high == 0 && low >>> 32 == 0xffffL;
  }

  private static long words(long value) {
    return (value >>> 48) + (value >>> 32 & 0xffff) + (value >>> 16 & 0xffff) + (value & 0xffff);
  }

  private static int fold(long sum) {
    long folded = (sum >>> 32) + (sum & LOW);
    folded = (folded >>> 32) + (folded & LOW);
    folded = (folded >>> 16) + (folded & 0xffff);
    folded = (folded >>> 16) + (folded & 0xffff);
    return (int) ((folded >>> 16) + (folded & 0xffff));
  }

  private static int foldToNetwork(long partial) {
    int folded = fold(partial);
    return LITTLE ? swap(folded) : folded;
  }

  private static long nativeOrder(long sum) {
    int folded = fold(sum);
    return LITTLE ? swap(folded) : folded;
  }

  private static int swap(int value) {
    return (value & 0xff) << 8 | value >>> 8;
  }
}

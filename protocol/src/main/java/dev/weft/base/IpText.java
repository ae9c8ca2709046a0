package dev.weft.base;

import org.jspecify.annotations.Nullable;

/// Text of addresses: strict dotted decimal, RFC 4291 §2.2 in, RFC 5952 out.
final class IpText {
  private IpText() {}

  static @Nullable Ip parse(String text) {
    return text.indexOf(':') < 0 ? parseV4(text) : parseV6(text);
  }

  static String format(Ip ip) {
    return ip.isV4() ? formatV4((int) ip.low()) : formatV6(ip);
  }

  private static @Nullable Ip parseV4(String text) {
    long bits = parseV4Bits(text);
    return bits < 0 ? null : Ip.v4((int) bits);
  }

  /// Four decimal octets without leading zeros (which others read as octal); -1 otherwise.
  private static long parseV4Bits(String text) {
    long bits = 0;
    int octets = 0;
    int at = 0;
    while (octets < 4) {
      int start = at;
      int value = 0;
      while (at < text.length() && at - start < 3 && isDigit(text.charAt(at))) {
        value = value * 10 + (text.charAt(at++) - '0');
      }
      boolean leadingZero = at - start > 1 && text.charAt(start) == '0';
      if (at == start || value > 255 || leadingZero) {
        return -1;
      }
      bits = bits << 8 | value;
      octets++;
      if (octets < 4 && (at >= text.length() || text.charAt(at++) != '.')) {
        return -1;
      }
    }
    return at == text.length() ? bits : -1;
  }

  private static @Nullable Ip parseV6(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      int[] groups = new int[8];
      return parseGroups(text, groups) == 8 ? ofGroups(groups) : null;
    }
    int[] head = new int[8];
    int[] tail = new int[8];
    String before = text.substring(0, gap);
    String after = text.substring(gap + 2);
    // An embedded IPv4 address may only stand at the very end, so not before the gap.
    int headCount = before.indexOf('.') >= 0 ? -1 : parseGroups(before, head);
    int tailCount = parseGroups(after, tail);
    // RFC 4291 §2.2: the gap stands for one or more groups of zeros.
    if (headCount < 0 || tailCount < 0 || headCount + tailCount > 7) {
      return null;
    }
    System.arraycopy(tail, 0, head, 8 - tailCount, tailCount);
    return ofGroups(head);
  }

  /// Number of 16-bit groups read, or -1 when the text is malformed or has more than eight.
  private static int parseGroups(String text, int[] groups) {
    if (text.isEmpty()) {
      return 0;
    }
    int count = 0;
    int at = 0;
    while (true) {
      int end = text.indexOf(':', at);
      boolean last = end < 0;
      String group = text.substring(at, last ? text.length() : end);
      if (last && group.indexOf('.') >= 0) {
        long bits = parseV4Bits(group);
        if (bits < 0 || count > 6) {
          return -1;
        }
        groups[count++] = (int) (bits >>> 16);
        groups[count++] = (int) (bits & 0xffff);
        return count;
      }
      int value = parseGroup(group);
      if (value < 0 || count == 8) {
        return -1;
      }
      groups[count++] = value;
      if (last) {
        return count;
      }
      at = end + 1;
    }
  }

  private static int parseGroup(String group) {
    if (group.isEmpty() || group.length() > 4) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < group.length(); i++) {
      char c = group.charAt(i);
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private static Ip ofGroups(int[] groups) {
    long high = 0;
    long low = 0;
    for (int i = 0; i < 4; i++) {
      high = high << 16 | groups[i];
      low = low << 16 | groups[i + 4];
    }
    return Ip.v6(high, low);
  }

  private static String formatV4(int bits) {
    return (bits >>> 24)
        + "."
        + (bits >>> 16 & 0xff)
        + "."
        + (bits >>> 8 & 0xff)
        + "."
        + (bits & 0xff);
  }

  private static String formatV6(Ip ip) {
    if (ip.unmap().isV4()) {
      // RFC 5952 §5: the recognised well-known prefix is written in mixed notation.
      return "::ffff:" + formatV4((int) ip.low());
    }
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      long half = i < 4 ? ip.high() : ip.low();
      groups[i] = (int) (half >>> 16 * (3 - i % 4)) & 0xffff;
    }
    int gapStart = -1;
    int gapLength = 1; // RFC 5952 §4.2.2: a single zero group is not shortened.
    for (int i = 0; i < 8; i++) {
      int run = i;
      while (run < 8 && groups[run] == 0) {
        run++;
      }
      if (run - i > gapLength) {
        gapStart = i;
        gapLength = run - i;
      }
      i = Math.max(i, run - 1);
    }
    return join(groups, gapStart, gapLength);
  }

  private static String join(int[] groups, int gapStart, int gapLength) {
    StringBuilder text = new StringBuilder(39);
    for (int i = 0; i < 8; i++) {
      if (i == gapStart) {
        text.append("::");
        i += gapLength - 1;
        continue;
      }
      if (i > 0 && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}

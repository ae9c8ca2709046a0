package dev.weft.dns;

/// Names as text: labels with a dot behind each. A byte that is no printable ASCII character, a dot
/// within a label and a backslash are written `\DDD` (RFC 1035 §5.1).
final class DnsName {
  static final int MAX_LABEL = 63;
  static final int MAX_NAME = 255;

  private DnsName() {}

  /// Whether it can be put into a message: labels of 1 to 63 printable characters, 255 bytes in
  /// all.
  static boolean fits(String name) {
    if (name.equals(".")) {
      return true;
    }
    if (name.length() + 1 > MAX_NAME) {
      return false;
    }
    int label = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '.') {
        if (label == 0) {
          return false;
        }
        label = 0;
      } else if (c <= ' ' || c >= 0x7f || c == '\\' || ++label > MAX_LABEL) {
        return false;
      }
    }
    return true;
  }

  static void appendByte(StringBuilder out, int c) {
    if (c > ' ' && c < 0x7f && c != '.' && c != '\\') {
      out.append((char) c);
    } else {
      out.append('\\').append((char) ('0' + c / 100));
      out.append((char) ('0' + c / 10 % 10)).append((char) ('0' + c % 10));
    }
  }
}

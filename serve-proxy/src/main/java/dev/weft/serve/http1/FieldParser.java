package dev.weft.serve.http1;

import org.jspecify.annotations.Nullable;

/// Field lines (RFC 9112 §5), strictly.
final class FieldParser {
  private static final boolean[] TOKEN = new boolean[128];

  static {
    for (int c = '!'; c <= '~'; c++) {
      TOKEN[c] = "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
    }
  }

  private FieldParser() {}

  static boolean isToken(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] < 0 || !TOKEN[bytes[i]]) {
        return false;
      }
    }
    return to > from;
  }

  /// Reads the lines from `at` up to `end`, where each ends with CR LF and none is empty. Returns
  /// null when all are well-formed.
  static @Nullable Fault parse(byte[] bytes, int at, int end, Fields into) {
    int line = at;
    while (line < end) {
      int lf = indexOf(bytes, (byte) '\n', line, end);
      if (lf < 0 || lf == line || bytes[lf - 1] != '\r') {
        return Fault.BARE_LF;
      }
      Fault fault = parseLine(bytes, line, lf - 1, into);
      if (fault != null) {
        return fault;
      }
      line = lf + 1;
    }
    return null;
  }

  private static @Nullable Fault parseLine(byte[] bytes, int from, int to, Fields into) {
    if (from == to) {
      return Fault.FIELD_NAME;
    }
    // RFC 9112 §5.2: a server may refuse obs-fold, and must not pass it on.
    if (bytes[from] == ' ' || bytes[from] == '\t') {
      return Fault.FOLDED;
    }
    int colon = indexOf(bytes, (byte) ':', from, to);
    // A blank before the colon is no token character, so it is refused with the name (RFC 9112
    // §5.1).
    if (colon < 0 || !isToken(bytes, from, colon)) {
      return Fault.FIELD_NAME;
    }
    int value = colon + 1;
    int valueEnd = to;
    while (value < valueEnd && isBlank(bytes[value])) {
      value++;
    }
    while (valueEnd > value && isBlank(bytes[valueEnd - 1])) {
      valueEnd--;
    }
    for (int i = value; i < valueEnd; i++) {
      byte b = bytes[i];
      if (b >= 0 && b < ' ' && b != '\t' || b == 0x7f) {
        return b == '\r' ? Fault.BARE_CR : Fault.FIELD_VALUE;
      }
    }
    return into.add(from, colon, value, valueEnd) ? null : Fault.HEAD_TOO_LARGE;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  static int indexOf(byte[] bytes, byte wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }
}

package dev.weft.serve;

import java.nio.charset.StandardCharsets;

/// Text in a header field: as it is while plain ASCII, else in RFC 2047 words of the Q encoding,
/// cut as Go's `mime` cuts them.
final class QEncoding {
  private static final String OPEN = "=?utf-8?q?";
  private static final String CLOSE = "?=";

  /// RFC 2047 §2: an encoded word has 75 characters at most.
  private static final int MAX_CONTENT = 75 - OPEN.length() - CLOSE.length();

  private QEncoding() {}

  static String encode(String text) {
    if (text.chars().allMatch(c -> c >= ' ' && c <= '~' || c == '\t')) {
      return text;
    }
    // Text of a peer that is no Unicode has no meaning to pass on.
    if (text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      return "";
    }
    StringBuilder out = new StringBuilder(OPEN);
    int content = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      String encoded = encode(c);
      if (content + encoded.length() > MAX_CONTENT) {
        out.append(CLOSE).append(' ').append(OPEN);
        content = 0;
      }
      out.append(encoded);
      content += encoded.length();
    }
    return out.append(CLOSE).toString();
  }

  private static String encode(int c) {
    if (c == ' ') {
      return "_";
    }
    if (c > ' ' && c <= '~' && c != '=' && c != '?' && c != '_') {
      return Character.toString(c);
    }
    StringBuilder out = new StringBuilder();
    for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
      out.append("=%02X".formatted(b & 0xff));
    }
    return out.toString();
  }
}

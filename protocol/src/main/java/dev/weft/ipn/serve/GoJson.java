package dev.weft.ipn.serve;

/// What Go's encoder does to text beyond JSON: the entity tag is a hash of its bytes.
final class GoJson {
  private GoJson() {}

  /// Go makes JSON safe inside HTML. These characters stand in string literals only, so replacing
  /// them is enough.
  static String escape(String json) {
    StringBuilder out = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      switch (c) {
        case '<', '>', '&', '\u2028', '\u2029' -> out.append("\\u%04x".formatted((int) c));
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  /// `json.Indent` with two spaces, of compact and valid JSON.
  static String indent(String json) {
    StringBuilder out = new StringBuilder(json.length() * 2);
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (quoted) {
        out.append(c);
        if (c == '\\') {
          out.append(json.charAt(++i));
        }
        quoted = c != '"';
        continue;
      }
      switch (c) {
        case '"' -> {
          quoted = true;
          out.append(c);
        }
        case '{', '[' -> {
          out.append(c);
          char close = c == '{' ? '}' : ']';
          if (json.charAt(i + 1) == close) {
            out.append(close);
            i++;
          } else {
            newLine(out, ++depth);
          }
        }
        case '}', ']' -> newLine(out, --depth).append(c);
        case ',' -> newLine(out.append(c), depth);
        case ':' -> out.append(": ");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  private static StringBuilder newLine(StringBuilder out, int depth) {
    return out.append('\n').repeat("  ", depth);
  }
}

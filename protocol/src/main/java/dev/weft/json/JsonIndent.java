package dev.weft.json;

/// Lays JSON out for people as Go's `json.MarshalIndent` does: one field or element a line, `{}`
/// and `[]` when empty.
///
/// Works on text, so that names and numbers that no type here knows come through unchanged. The
/// text must be JSON; other text gives text of no use, and no exception.
public final class JsonIndent {
  private final String json;
  private final String unit;
  private final StringBuilder out;
  private int depth;

  private JsonIndent(String json, String unit) {
    this.json = json;
    this.unit = unit;
    this.out = new StringBuilder(json.length() * 2);
  }

  /// @param unit what one level is indented by, such as two spaces
  public static String indent(String json, String unit) {
    JsonIndent indent = new JsonIndent(json, unit);
    indent.run();
    return indent.out.toString();
  }

  private void run() {
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      switch (c) {
        case '"' -> i = copyString(i);
        case '{', '[' -> {
          out.append(c);
          int next = skipSpace(i + 1);
          if (next < json.length() && json.charAt(next) == (c == '{' ? '}' : ']')) {
            out.append(json.charAt(next));
            i = next;
          } else {
            depth++;
            newLine();
          }
        }
        case '}', ']' -> {
          depth = Math.max(0, depth - 1);
          newLine();
          out.append(c);
        }
        case ',' -> {
          out.append(c);
          newLine();
        }
        case ':' -> out.append(": ");
        case ' ', '\t', '\n', '\r' -> {}
        default -> out.append(c);
      }
    }
  }

  /// Copies the string that begins at `start` and answers the index of its last character.
  private int copyString(int start) {
    int end = start + 1;
    while (end < json.length() && json.charAt(end) != '"') {
      end += json.charAt(end) == '\\' ? 2 : 1;
    }
    end = Math.min(end, json.length() - 1);
    out.append(json, start, end + 1);
    return end;
  }

  private int skipSpace(int from) {
    int at = from;
    while (at < json.length() && json.charAt(at) <= ' ') {
      at++;
    }
    return at;
  }

  private void newLine() {
    out.append('\n');
    for (int i = 0; i < depth; i++) {
      out.append(unit);
    }
  }
}

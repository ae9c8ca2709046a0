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
}

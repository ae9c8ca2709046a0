package dev.weft.json;

/// The grammar of RFC 8259, for text that is passed on without being understood.
///
/// Recursive: the caller has bounded the depth.
final class JsonSyntax {
  private final String text;
  private int at;

  private JsonSyntax(String text) {
    this.text = text;
  }

  /// Whether the text is one value and nothing else.
  static boolean isValue(String text) {
    JsonSyntax syntax = new JsonSyntax(text);
    syntax.skipSpace();
    boolean whole = syntax.value();
    syntax.skipSpace();
    return whole && syntax.at == text.length();
  }

  private boolean value() {
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    };
  }

  private boolean object() {
    at++;
    skipSpace();
    if (take('}')) {
      return true;
    }
    do {
      skipSpace();
      if (peek() != '"' || !string()) {
        return false;
      }
      skipSpace();
      if (!take(':') || !element()) {
        return false;
      }
    } while (take(','));
    return take('}');
  }

  private boolean array() {
    at++;
    skipSpace();
    if (take(']')) {
      return true;
    }
    do {
      if (!element()) {
        return false;
      }
    } while (take(','));
    return take(']');
  }

  /// A value with the space around it.
  private boolean element() {
    skipSpace();
    boolean isValue = value();
    skipSpace();
    return isValue;
  }

  private boolean string() {
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return true;
      }
      if (c < ' ' || (c == '\\' && !escape())) {
        return false;
      }
    }
    return false;
  }

  private boolean escape() {
    char c = peek();
    at++;
    if (c != 'u') {
      return "\"\\/bfnrt".indexOf(c) >= 0;
    }
    for (int i = 0; i < 4; i++) {
      if (Character.digit(peek(), 16) < 0 || peek() > 'f') {
        return false;
      }
      at++;
    }
    return true;
  }

  private boolean word(String word) {
    boolean isHere = text.startsWith(word, at);
    at += word.length();
    return isHere;
  }

  private boolean number() {
    take('-');
    if (!take('0') && !digits()) {
      return false;
    }
    if (take('.') && !digits()) {
      return false;
    }
    if (take('e') || take('E')) {
      if (!take('+')) {
        take('-');
      }
      return digits();
    }
    return true;
  }

  private boolean digits() {
    int from = at;
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    return at > from;
  }

  private boolean take(char c) {
    boolean isHere = peek() == c;
    at += isHere ? 1 : 0;
    return isHere;
  }

  private void skipSpace() {
    while (" \t\r\n".indexOf(peek()) >= 0) {
      at++;
    }
  }

  /// The next character; one that stands nowhere in JSON at the end.
  private char peek() {
    return at < text.length() ? text.charAt(at) : '\uffff';
  }
}

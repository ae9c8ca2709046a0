package dev.weft.config;

import dev.weft.config.Json.JsonArray;
import dev.weft.config.Json.JsonBoolean;
import dev.weft.config.Json.JsonNull;
import dev.weft.config.Json.JsonNumber;
import dev.weft.config.Json.JsonObject;
import dev.weft.config.Json.JsonString;
import dev.weft.config.Json.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Recursive descent over one text. Every failure says what was expected at which place.
final class HuJsonParser {
  /// Deeper than any real file and shallow enough for any thread's stack.
  private static final int MAX_DEPTH = 100;

  private static final char END = '\uFFFF';

  private final String source;
  private final String text;
  private int at;
  private int line = 1;
  private int lineStart;

  HuJsonParser(String source, String text) {
    this.source = source;
    this.text = text;
  }

  Json document() {
    skipBlank();
    if (atEnd()) {
      throw expected("a value, such as { }");
    }
    Json value = value(0);
    skipBlank();
    if (!atEnd()) {
      throw expected("nothing after the value");
    }
    return value;
  }

  private Json value(int depth) {
    if (depth > MAX_DEPTH) {
      throw problem("values are nested more than " + MAX_DEPTH + " deep");
    }
    Position position = position();
    return switch (peek()) {
      case '{' -> object(position, depth);
      case '[' -> array(position, depth);
      case '"' -> new JsonString(position, string());
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(position);
      default -> word(position);
    };
  }

  private JsonObject object(Position position, int depth) {
    Map<String, Member> members = new LinkedHashMap<>();
    at++;
    skipBlank();
    while (peek() != '}') {
      Position namePosition = position();
      if (peek() != '"') {
        throw expected(
            members.isEmpty() ? "a name in double quotes, or '}'" : "a name in double quotes");
      }
      String name = string();
      Member earlier = members.get(name);
      if (earlier != null) {
        throw problem(
            namePosition,
            "\"" + name + "\" stands already in line " + earlier.namePosition().line());
      }
      skipBlank();
      take(':', "':' after the name \"" + name + "\"");
      skipBlank();
      members.put(name, new Member(namePosition, value(depth + 1)));
      endOfElement('}', "',' or '}' after the value of \"" + name + "\"");
    }
    at++;
    return new JsonObject(position, members);
  }

  private JsonArray array(Position position, int depth) {
    List<Json> items = new ArrayList<>();
    at++;
    skipBlank();
    while (peek() != ']') {
      items.add(value(depth + 1));
      endOfElement(']', "',' or ']' after the item");
    }
    at++;
    return new JsonArray(position, items);
  }

  /// Stands on the closing character, or behind a comma and its blanks.
  private void endOfElement(char close, String expectation) {
    skipBlank();
    if (peek() == close) {
      return;
    }
    take(',', expectation);
    skipBlank();
  }

  private JsonNumber number(Position position) {
    int start = at;
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
    } else {
      digits();
    }
    if (peek() == '.') {
      at++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits();
    }
    if (isWordPart(peek())) {
      throw expected("the end of the number");
    }
    return new JsonNumber(position, text.substring(start, at));
  }

  private void digits() {
    int start = at;
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    if (at == start) {
      throw expected("a digit");
    }
  }

  private Json word(Position position) {
    int start = at;
    while (isWordPart(peek())) {
      at++;
    }
    String word = text.substring(start, at);
    return switch (word) {
      case "true" -> new JsonBoolean(position, true);
      case "false" -> new JsonBoolean(position, false);
      case "null" -> new JsonNull(position);
      default -> {
        at = start;
        throw expected("a value (text stands in double quotes)");
      }
    };
  }

  private static boolean isWordPart(char c) {
    return c != END && (Character.isLetterOrDigit(c) || c == '_' || c == '.');
  }

  private String string() {
    Position start = position();
    at++;
    int from = at;
    int plainEnd = text.indexOf('"', from);
    if (plainEnd >= 0 && isPlain(from, plainEnd)) {
      at = plainEnd + 1;
      return text.substring(from, plainEnd);
    }
    StringBuilder out = new StringBuilder();
    while (true) {
      char c = peek();
      if (c == '"') {
        at++;
        break;
      }
      if (atEnd() || c == '\n') {
        throw problem(start, "expected a closing double quote in the same line");
      }
      if (c < ' ') {
        throw expected("text without control characters (write \\t, \\u0007 and the like)");
      }
      at++;
      out.append(c == '\\' ? escape() : c);
    }
    if (!isWellFormed(out)) {
      throw problem(start, "expected well-formed Unicode, found half of a surrogate pair");
    }
    return out.toString();
  }

  private boolean isPlain(int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == '\\' || Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }

  private char escape() {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicodeEscape();
      default -> {
        at--;
        throw expected("one of \" \\ / b f n r t u after the backslash");
      }
    };
  }

  private char unicodeEscape() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      // Character.digit knows the digits of all scripts; JSON knows those of ASCII.
      int digit = peek() < 128 ? Character.digit(peek(), 16) : -1;
      if (digit < 0) {
        throw expected("four hexadecimal digits after \\u");
      }
      value = value << 4 | digit;
      at++;
    }
    return (char) value;
  }

  private static boolean isWellFormed(CharSequence text) {
    return text.codePoints()
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  private void skipBlank() {
    while (true) {
      switch (peek()) {
        case ' ', '\t', '\r' -> at++;
        case '\n' -> newLine();
        case '/' -> comment();
        default -> {
          return;
        }
      }
    }
  }

  private void comment() {
    Position start = position();
    at++;
    switch (peek()) {
      case '/' -> {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      }
      case '*' -> {
        at++;
        while (!text.startsWith("*/", at)) {
          if (atEnd()) {
            throw problem(start, "expected */ at the end of this comment");
          }
          if (peek() == '\n') {
            newLine();
          } else {
            at++;
          }
        }
        at += 2;
      }
      default -> throw problem(start, "expected // or /* for a comment");
    }
  }

  private void newLine() {
    at++;
    line++;
    lineStart = at;
  }

  private void take(char wanted, String expectation) {
    if (peek() != wanted) {
      throw expected(expectation);
    }
    at++;
  }

  private boolean atEnd() {
    return at >= text.length();
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : END;
  }

  private Position position() {
    return new Position(line, at - lineStart + 1);
  }

  private ConfigException expected(String what) {
    return problem("expected " + what + ", found " + found());
  }

  private String found() {
    if (atEnd()) {
      return "the end of the file";
    }
    int end = at;
    while (end < text.length() && end < at + 20 && isWordPart(text.charAt(end))) {
      end++;
    }
    if (end > at) {
      return "'" + text.substring(at, end) + "'";
    }
    int c = text.codePointAt(at);
    boolean visible =
        !Character.isISOControl(c) && Character.isValidCodePoint(c) && Character.isDefined(c);
    return switch (c) {
      case '\n' -> "the end of the line";
      case '"' -> "a string";
      default -> visible ? "'" + Character.toString(c) + "'" : "U+%04X".formatted(c);
    };
  }

  private ConfigException problem(String what) {
    return problem(position(), what);
  }

  private ConfigException problem(Position where, String what) {
    return new ConfigException(source + ":" + where, what);
  }
}

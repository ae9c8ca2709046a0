package dev.weft.json;

import static java.util.Objects.requireNonNull;

import io.avaje.json.JsonDataException;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import java.util.HexFormat;

/// A JSON value that is carried without being understood, such as a capability's argument.
///
/// The text is one well-formed value: reading guarantees it, and whoever makes one by hand answers
/// for it.
public record RawJson(String text) {

  public static final JsonType<RawJson> JSON =
      new JsonType<>() {
        @Override
        public RawJson read(JsonReader in) {
          String text = in.readRaw().strip(); // a number runs up to the next token
          if (!JsonSyntax.isValue(text)) {
            // The reader only looks for the end of the value.
            throw new JsonDataException("not a JSON value");
          }
          return new RawJson(text);
        }

        @Override
        public void write(JsonWriter out, RawJson value) {
          out.rawValue(ascii(value.text));
        }
      };

  public RawJson {
    requireNonNull(text);
  }

  /// The same value in ASCII: the writer passes a raw value on as if each character were a byte.
  /// What is beyond ASCII stands within texts only, where it may be escaped.
  private static String ascii(String text) {
    if (text.chars().allMatch(c -> c < 0x80)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 32);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        out.append(c);
      } else {
        out.append("\\u").append(HexFormat.of().toHexDigits(c));
      }
    }
    return out.toString();
  }

  @Override
  public String toString() {
    return text;
  }
}

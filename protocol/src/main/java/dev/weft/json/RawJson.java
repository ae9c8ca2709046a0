package dev.weft.json;

import static java.util.Objects.requireNonNull;

import io.avaje.json.JsonDataException;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;

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
          out.rawValue(value.text);
        }
      };

  public RawJson {
    requireNonNull(text);
  }

  @Override
  public String toString() {
    return text;
  }
}

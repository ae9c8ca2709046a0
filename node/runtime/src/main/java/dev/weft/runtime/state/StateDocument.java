package dev.weft.runtime.state;

import io.avaje.json.JsonException;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.json.stream.JsonStream;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// The bytes of `weft.state`: `{"Version":1,"Sections":{"NodeKey":"privkey:…","Prefs":{…}}}`.
final class StateDocument {
  /// Raised when a reader of the older version would misread the document; unknown sections need no
  /// new version.
  static final int VERSION = 1;

  private static final JsonStream JSON = JsonStream.builder().build();

  private StateDocument() {}

  /// Put together by hand: the writer passes a raw value on as if each character were a byte.
  static byte[] encode(Map<String, String> sections) {
    StringBuilder text = new StringBuilder("{\"Version\":" + VERSION + ",\"Sections\":{");
    String between = "";
    for (Map.Entry<String, String> section : sections.entrySet()) {
      text.append(between).append(quote(section.getKey())).append(':').append(section.getValue());
      between = ",";
    }
    return text.append("}}\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  /// Throws `IllegalArgumentException` with the reason when these bytes are not a state document.
  static Map<String, String> decode(byte[] bytes) {
    Map<String, String> sections = new TreeMap<>();
    int version = 0;
    try (JsonReader json = JSON.reader(text(bytes))) {
      json.beginObject();
      while (json.hasNextField()) {
        switch (json.nextField()) {
          case "Version" -> version = json.readInt();
          case "Sections" -> decodeSections(json, sections);
          default -> json.skipValue();
        }
      }
      json.endObject();
    } catch (JsonException | IllegalStateException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("not a whole JSON document", e);
    }
    if (version != VERSION) {
      throw new IllegalArgumentException(
          version > VERSION
              ? "written by a newer Weft (format " + version + ")"
              : "no format version in it");
    }
    return sections;
  }

  private static String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("not UTF-8", e);
    }
  }

  private static void decodeSections(JsonReader json, Map<String, String> sections) {
    json.beginObject();
    while (json.hasNextField()) {
      sections.put(json.nextField(), json.readRaw());
    }
    json.endObject();
  }

  /// A text as a JSON value.
  static String quote(String text) {
    StringWriter out = new StringWriter();
    try (JsonWriter json = JSON.writer(out)) {
      json.value(text);
    }
    return out.toString();
  }

  /// The text of a JSON string value.
  static String unquote(String json) {
    try (JsonReader reader =
        JSON.reader("[" + json + "]")) { // the reader wants a container around it
      reader.beginArray();
      if (!reader.hasNextElement()) {
        throw new IllegalArgumentException("not a JSON string");
      }
      return reader.readString();
    } catch (JsonException | IllegalStateException e) {
      throw new IllegalArgumentException("not a JSON string", e);
    }
  }
}

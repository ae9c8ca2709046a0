package dev.weft.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.avaje.json.JsonReader;
import io.avaje.json.stream.BufferedJsonWriter;
import io.avaje.json.stream.BytesJsonWriter;
import io.avaje.json.stream.JsonStream;

/// Turns messages into bytes and bytes into messages.
public final class Json {
  /// Deeper nesting than any message of the protocols has; it bounds the reader's recursion.
  private static final int MAX_DEPTH = 64;

  private static final JsonStream STREAM =
      JsonStream.builder().serializeNulls(true).serializeEmpty(true).build();

  private Json() {}

  public static <T> byte[] encode(JsonType<T> type, T message) {
    try (BytesJsonWriter out = STREAM.bufferedWriterAsBytes()) {
      type.write(out, message);
      return out.result();
    }
  }

  public static <T> String encodeToText(JsonType<T> type, T message) {
    try (BufferedJsonWriter out = STREAM.bufferedWriter()) {
      type.write(out, message);
      return out.result();
    }
  }

  public static <T> T decode(JsonType<T> type, String text) throws MalformedJson {
    return decode(type, text.getBytes(UTF_8));
  }

  /// Reads one message: an object or a list.
  public static <T> T decode(JsonType<T> type, byte[] bytes) throws MalformedJson {
    if (isTooDeep(bytes)) {
      throw new MalformedJson("nested deeper than " + MAX_DEPTH);
    }
    T message;
    try (JsonReader in = STREAM.reader(wellFormed(bytes))) {
      message = in.isNullValue() ? null : type.read(in);
    } catch (RuntimeException e) {
      // Whatever the bytes provoke in a reader is a property of the bytes: no other exception may
      // leave.
      throw new MalformedJson(
          e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
    if (message == null) {
      throw new MalformedJson("null instead of a message");
    }
    return message;
  }

  /// What is no UTF-8 becomes U+FFFD, as in Go's reader: ours would make something else of it each
  /// time that it is read and written.
  private static byte[] wellFormed(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return new String(bytes, UTF_8).getBytes(UTF_8);
      }
    }
    return bytes;
  }

  private static boolean isTooDeep(byte[] bytes) {
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < bytes.length; i++) {
      switch (bytes[i]) {
        case '"' -> quoted = !quoted;
        case '\\' -> i += quoted ? 1 : 0;
        case '{', '[' -> depth += quoted ? 0 : 1;
        case '}', ']' -> depth -= quoted || depth == 0 ? 0 : 1;
        default -> {}
      }
      if (depth > MAX_DEPTH) {
        return true;
      }
    }
    return false;
  }
}

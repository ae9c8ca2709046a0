package dev.weft.json;

import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import org.jspecify.annotations.Nullable;

/// How values of one Java type are written and read.
public interface JsonType<T> {

  /// Reads one value that is not `null`. Returns null for a value that means the same as an absent
  /// one, such as an all-zero key or Go's zero time.
  @Nullable T read(JsonReader in);

  void write(JsonWriter out, T value);

  /// Whether Go's `omitempty` and `omitzero` would leave this value out.
  default boolean isEmpty(T value) {
    return false;
  }
}

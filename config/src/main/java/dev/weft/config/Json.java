package dev.weft.config;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A parsed HuJSON value that remembers where it stood, so that whoever gives it a meaning can
/// point at it.
public sealed interface Json {
  Position position();

  /// The value in the words of an error message: `a string`, `an object`.
  String kind();

  /// Members in the order of the file; names are unique.
  record JsonObject(Position position, Map<String, Member> members) implements Json {
    public JsonObject {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    @Override
    public String kind() {
      return "an object";
    }
  }

  /// A value and the position of its name.
  record Member(Position namePosition, Json value) {}

  record JsonArray(Position position, List<Json> items) implements Json {
    public JsonArray {
      items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "an array";
    }
  }

  record JsonString(Position position, String value) implements Json {
    @Override
    public String kind() {
      return "a string";
    }
  }

  /// A number as it was written: the reader decides what it must fit into.
  record JsonNumber(Position position, String literal) implements Json {
    public BigDecimal value() {
      return new BigDecimal(literal);
    }

    @Override
    public String kind() {
      return "a number";
    }
  }

  record JsonBoolean(Position position, boolean value) implements Json {
    @Override
    public String kind() {
      return value ? "true" : "false";
    }
  }

  record JsonNull(Position position) implements Json {
    @Override
    public String kind() {
      return "null";
    }
  }
}

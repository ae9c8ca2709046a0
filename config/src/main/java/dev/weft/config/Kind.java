package dev.weft.config;

import dev.weft.config.Json.JsonArray;
import dev.weft.config.Json.JsonBoolean;
import dev.weft.config.Json.JsonNumber;
import dev.weft.config.Json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How the value of a setting is written. Reading returns null where the value does not fit.
interface Kind<T> {
  /// Completes "expected …".
  String expects();

  /// From a flag or the environment.
  @Nullable T fromText(String text);

  /// From the file.
  @Nullable T fromJson(Json json);

  /// The part of a value that did not fit: what an error message points at.
  default Json culprit(Json json) {
    return json;
  }

  /// A flag of this kind may stand without a value.
  default boolean isSwitch() {
    return false;
  }

  /// Several flags add up instead of the last one winning.
  default @Nullable T merged(T earlier, T later) {
    return null;
  }

  /// How a value stands in the file.
  enum Shape {
    STRING,
    NUMBER,
    BOOLEAN
  }

  record Scalar<T>(String expects, Shape shape, Function<String, @Nullable T> parser)
      implements Kind<T> {
    @Override
    public @Nullable T fromText(String text) {
      try {
        return parser.apply(text);
      } catch (IllegalArgumentException _) {
        return null;
      }
    }

    @Override
    public @Nullable T fromJson(Json json) {
      return switch (json) {
        case JsonString s when shape == Shape.STRING -> fromText(s.value());
        case JsonNumber n when shape == Shape.NUMBER -> fromText(n.literal());
        case JsonBoolean b when shape == Shape.BOOLEAN -> fromText(Boolean.toString(b.value()));
        default -> null;
      };
    }

    @Override
    public boolean isSwitch() {
      return shape == Shape.BOOLEAN;
    }
  }

  /// An array in the file; commas in the environment; commas or a repeated flag on the command
  /// line.
  record ListOf<T>(Kind<T> item) implements Kind<List<T>> {
    @Override
    public String expects() {
      return "a list, each item " + item.expects();
    }

    @Override
    public @Nullable List<T> fromText(String text) {
      List<T> items = new ArrayList<>();
      for (String part : text.split(",", -1)) {
        T value = part.isBlank() ? null : item.fromText(part.strip());
        if (value == null) {
          return null;
        }
        items.add(value);
      }
      return List.copyOf(items);
    }

    @Override
    public @Nullable List<T> fromJson(Json json) {
      if (!(json instanceof JsonArray array)) {
        return null;
      }
      List<T> items = new ArrayList<>();
      for (Json element : array.items()) {
        T value = item.fromJson(element);
        if (value == null) {
          return null;
        }
        items.add(value);
      }
      return List.copyOf(items);
    }

    @Override
    public Json culprit(Json json) {
      if (json instanceof JsonArray array) {
        for (Json element : array.items()) {
          if (item.fromJson(element) == null) {
            return element;
          }
        }
      }
      return json;
    }

    @Override
    public List<T> merged(List<T> earlier, List<T> later) {
      List<T> all = new ArrayList<>(earlier);
      all.addAll(later);
      return List.copyOf(all);
    }
  }

  /// Any value: whoever asked for it gives it a meaning, with its positions.
  record Document(String expects) implements Kind<Json> {
    @Override
    public @Nullable Json fromText(String text) {
      try {
        return HuJson.parse("", text);
      } catch (ConfigException _) {
        return null;
      }
    }

    @Override
    public Json fromJson(Json json) {
      return json;
    }
  }
}

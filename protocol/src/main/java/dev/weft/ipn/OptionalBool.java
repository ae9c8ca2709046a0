package dev.weft.ipn;

import dev.weft.json.JsonType;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;

/// A setting that may have been left open: JSON `true`, `false` or `null`.
public enum OptionalBool {
  UNSET,
  TRUE,
  FALSE;

  static final JsonType<OptionalBool> JSON =
      new JsonType<>() {
        @Override
        public OptionalBool read(JsonReader in) {
          return of(in.readBoolean());
        }

        @Override
        public void write(JsonWriter out, OptionalBool value) {
          switch (value) {
            case UNSET -> out.nullValue();
            case TRUE -> out.value(true);
            case FALSE -> out.value(false);
          }
        }

        @Override
        public boolean isEmpty(OptionalBool value) {
          return value == UNSET;
        }
      };

  /// The setting for an explicit choice.
  public static OptionalBool of(boolean value) {
    return value ? TRUE : FALSE;
  }

  /// The choice made, or `fallback` when there is none.
  public boolean orElse(boolean fallback) {
    return switch (this) {
      case UNSET -> fallback;
      case TRUE -> true;
      case FALSE -> false;
    };
  }
}

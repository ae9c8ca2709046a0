package dev.weft.json;

import io.avaje.json.JsonDataException;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The JSON types that are not messages: scalars, lists and maps.
public final class JsonTypes {
  /// Go's zero `time.Time`, which stands for "no time" wherever a field cannot be left out.
  public static final Instant ZERO_TIME = Instant.parse("0001-01-01T00:00:00Z");

  /// The last year that RFC 3339 can spell. Go refuses a whole message for a later one.
  private static final Instant AFTER_LAST_TIME = Instant.parse("+10000-01-01T00:00:00Z");

  private static final Instant FIRST_TIME = Instant.parse("0000-01-01T00:00:00Z");

  private static final char REPLACEMENT = '\ufffd';

  public static final JsonType<String> STRING =
      scalar(JsonTypes::readText, JsonWriter::value, String::isEmpty);

  /// Go's `int` has 64 bits: what is beyond ours reads as the nearest that is not, so that one odd
  /// number does not cost a whole message.
  public static final JsonType<Integer> INT =
      scalar(
          in -> Math.clamp(in.readLong(), Integer.MIN_VALUE, Integer.MAX_VALUE),
          JsonWriter::value,
          i -> i == 0);

  public static final JsonType<Long> LONG =
      scalar(JsonReader::readLong, JsonWriter::value, l -> l == 0);

  /// Go's `uint16`, such as a port: whoever is sent another number refuses the whole message.
  public static final JsonType<Integer> UINT16 =
      scalar(JsonTypes::readUint16, JsonWriter::value, i -> i == 0);

  /// Finite: JSON knows no other numbers.
  public static final JsonType<Double> DOUBLE =
      scalar(JsonTypes::readFinite, JsonWriter::value, d -> d == 0);

  /// A plain bool: false is the same as absent.
  public static final JsonType<Boolean> BOOL =
      scalar(JsonReader::readBoolean, JsonWriter::value, b -> !b);

  /// Go's `opt.Bool`: true, false or, as null, unset. False is written.
  public static final JsonType<Boolean> TRI_STATE =
      scalar(JsonReader::readBoolean, JsonWriter::value, _ -> false);

  /// RFC 3339 with up to nanoseconds; Go's zero time reads as absent.
  public static final JsonType<Instant> TIME = text(JsonTypes::parseTime, Instant::toString);

  /// Standard base64 with padding. The bytes are not copied: they belong to the message that
  /// carries them.
  public static final JsonType<byte[]> BASE64 =
      new JsonType<>() {
        @Override
        public byte[] read(JsonReader in) {
          return Base64.getDecoder().decode(in.readString());
        }

        @Override
        public void write(JsonWriter out, byte[] value) {
          out.value(Base64.getEncoder().encodeToString(value));
        }

        @Override
        public boolean isEmpty(byte[] value) {
          return value.length == 0;
        }
      };

  private JsonTypes() {}

  /// A value with a text form. `parse` may return null for a text that means "absent"; the empty
  /// text always does.
  public static <T> JsonType<T> text(
      Function<String, @Nullable T> parse, Function<T, String> format) {
    return new JsonType<>() {
      @Override
      public @Nullable T read(JsonReader in) {
        String text = readText(in);
        return text.isEmpty() ? null : parse.apply(text);
      }

      @Override
      public void write(JsonWriter out, T value) {
        out.value(format.apply(value));
      }
    };
  }

  /// A list; elements that are null or mean "absent" are left out on reading.
  public static <T> JsonType<List<T>> listOf(JsonType<T> element) {
    return new JsonType<>() {
      @Override
      public List<T> read(JsonReader in) {
        List<T> list = new ArrayList<>();
        in.beginArray();
        while (in.hasNextElement()) {
          @Nullable T value = in.isNullValue() ? null : element.read(in);
          if (value != null) {
            list.add(value);
          }
        }
        in.endArray();
        return List.copyOf(list);
      }

      @Override
      public void write(JsonWriter out, List<T> value) {
        out.beginArray();
        value.forEach(v -> element.write(out, v));
        out.endArray();
      }

      @Override
      public boolean isEmpty(List<T> value) {
        return value.isEmpty();
      }
    };
  }

  /// A map with text keys, sorted as Go sorts it; entries with a null value are left out on
  /// reading.
  public static <V> JsonType<SortedMap<String, V>> mapOf(JsonType<V> value) {
    return new MapType<>(Function.identity(), value, (_, _) -> {});
  }

  /// A map with IDs as keys, which JSON spells as decimal text.
  public static <V> JsonType<SortedMap<Integer, V>> mapByInt(JsonType<V> value) {
    return new MapType<>(Integer::valueOf, value, (_, _) -> {});
  }

  /// A map with IDs as keys, which JSON spells as decimal text.
  public static <V> JsonType<SortedMap<Long, V>> mapByLong(JsonType<V> value) {
    return new MapType<>(Long::valueOf, value, (_, _) -> {});
  }

  /// A map in which a null value is a statement of its own ("delete this entry") and is kept as
  /// `absent`.
  public static <V> JsonType<SortedMap<String, V>> mapWithNulls(JsonType<V> value, V absent) {
    JsonType<V> orNull =
        new JsonType<>() {
          @Override
          public @Nullable V read(JsonReader in) {
            return value.read(in);
          }

          @Override
          public void write(JsonWriter out, V v) {
            if (v.equals(absent)) {
              out.nullValue();
            } else {
              value.write(out, v);
            }
          }
        };
    return new MapType<>(Function.identity(), orNull, (map, key) -> map.put(key, absent));
  }

  /// A map of lists in which null and the empty list mean the same; written as the empty list.
  public static <V> JsonType<SortedMap<String, List<V>>> mapOfLists(JsonType<V> element) {
    return new MapType<>(
        Function.identity(), listOf(element), (map, key) -> map.put(key, List.of()));
  }

  private static <T> JsonType<T> scalar(
      Function<JsonReader, T> read, BiConsumer<JsonWriter, T> write, Predicate<T> empty) {
    return new JsonType<>() {
      @Override
      public T read(JsonReader in) {
        return read.apply(in);
      }

      @Override
      public void write(JsonWriter out, T value) {
        write.accept(out, value);
      }

      @Override
      public boolean isEmpty(T value) {
        return empty.test(value);
      }
    };
  }

  private static String readText(JsonReader in) {
    return wellFormed(in.readString());
  }

  /// A lone half of a surrogate pair, which an escape can spell and UTF-8 cannot, becomes the
  /// replacement character, as in Go: what was read can be written.
  private static String wellFormed(String text) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return text.codePoints()
            .map(
                c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? REPLACEMENT : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
      }
    }
    return text;
  }

  private static int readUint16(JsonReader in) {
    long value = in.readLong();
    if (value < 0 || value > 0xffff) {
      throw new JsonDataException("not a number of 16 bits: " + value);
    }
    return (int) value;
  }

  private static double readFinite(JsonReader in) {
    double value = in.readDouble();
    if (!Double.isFinite(value)) {
      throw new JsonDataException("not a finite number");
    }
    return value;
  }

  private static @Nullable Instant parseTime(String text) {
    try {
      Instant time = Instant.parse(text);
      if (!time.isBefore(FIRST_TIME) && time.isBefore(AFTER_LAST_TIME)) {
        return time.equals(ZERO_TIME) ? null : time;
      }
    } catch (DateTimeException _) {
      // As below.
    }
    throw new JsonDataException("not an RFC 3339 time");
  }

  private record MapType<K extends Comparable<K>, V>(
      Function<String, K> key, JsonType<V> value, BiConsumer<SortedMap<K, V>, K> onNull)
      implements JsonType<SortedMap<K, V>> {

    @Override
    public SortedMap<K, V> read(JsonReader in) {
      SortedMap<K, V> map = new TreeMap<>();
      in.beginObject();
      while (in.hasNextField()) {
        K name = key.apply(wellFormed(in.nextField()));
        @Nullable V read = in.isNullValue() ? null : value.read(in);
        if (read == null) {
          onNull.accept(map, name);
        } else {
          map.put(name, read);
        }
      }
      in.endObject();
      return map;
    }

    @Override
    public void write(JsonWriter out, SortedMap<K, V> map) {
      out.beginObject();
      for (Map.Entry<K, V> entry : map.entrySet()) {
        out.name(entry.getKey().toString());
        value.write(out, entry.getValue());
      }
      out.endObject();
    }

    @Override
    public boolean isEmpty(SortedMap<K, V> map) {
      return map.isEmpty();
    }
  }
}

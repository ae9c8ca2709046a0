package dev.weft.json;

import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The table of one message: its fields in the order of writing, each with its name and its rule.
///
/// On reading, names are matched exactly first and without regard to case second, as Go does;
/// unknown fields are skipped; null leaves the builder's default.
public final class ObjectType<T, B> implements JsonType<T> {
  private final List<Field<T, B, ?>> fields;
  private final Map<String, Field<T, B, ?>> byName = new HashMap<>();
  private final Supplier<B> builder;
  private final Function<B, T> build;

  private ObjectType(Table<T, B> table) {
    fields = List.copyOf(table.fields);
    builder = table.builder;
    build = table.build;
    for (Field<T, B, ?> field : fields) {
      byName.put(field.name.toLowerCase(Locale.ROOT), field);
    }
    for (Field<T, B, ?> field : fields) {
      byName.put(field.name, field);
    }
  }

  public static <T, B> Table<T, B> of(Supplier<B> builder, Function<B, T> build) {
    return new Table<>(builder, build);
  }

  @Override
  public T read(JsonReader in) {
    B target = builder.get();
    in.beginObject();
    while (in.hasNextField()) {
      String name = in.nextField();
      Field<T, B, ?> field = byName.get(name);
      if (field == null) {
        field = byName.get(name.toLowerCase(Locale.ROOT));
      }
      if (field == null) {
        in.skipValue();
      } else if (!in.isNullValue()) {
        field.read(in, target);
      }
    }
    in.endObject();
    return build.apply(target);
  }

  @Override
  public void write(JsonWriter out, T message) {
    out.beginObject();
    writeFields(out, message);
    out.endObject();
  }

  /// Writes the fields without the braces, for a caller that adds fields of its own to the same
  /// object.
  public void writeFields(JsonWriter out, T message) {
    for (Field<T, B, ?> field : fields) {
      field.write(out, message);
    }
  }

  private enum Rule {
    ALWAYS,
    OMIT_EMPTY,
    OMIT_NULL
  }

  private record Field<T, B, V>(
      String name,
      Rule rule,
      JsonType<V> type,
      Function<T, @Nullable V> from,
      BiConsumer<B, V> into) {

    void read(JsonReader in, B target) {
      @Nullable V value = type.read(in);
      if (value != null) {
        into.accept(target, value);
      }
    }

    void write(JsonWriter out, T message) {
      @Nullable V value = from.apply(message);
      boolean skip =
          switch (rule) {
            case ALWAYS -> false;
            case OMIT_EMPTY -> value == null || type.isEmpty(value);
            case OMIT_NULL -> value == null;
          };
      if (skip) {
        return;
      }
      out.name(name);
      if (value == null) {
        out.nullValue();
      } else {
        type.write(out, value);
      }
    }
  }

  /// Collects the fields of an [ObjectType].
  public static final class Table<T, B> {
    private final Supplier<B> builder;
    private final Function<B, T> build;
    private final List<Field<T, B, ?>> fields = new ArrayList<>();

    private Table(Supplier<B> builder, Function<B, T> build) {
      this.builder = builder;
      this.build = build;
    }

    /// Present even when zero; an absent value is written as null.
    public <V> Table<T, B> always(
        String name, JsonType<V> type, Function<T, @Nullable V> from, BiConsumer<B, V> into) {
      return add(new Field<>(name, Rule.ALWAYS, type, from, into));
    }

    /// Left out when zero, empty or absent.
    public <V> Table<T, B> omit(
        String name, JsonType<V> type, Function<T, @Nullable V> from, BiConsumer<B, V> into) {
      return add(new Field<>(name, Rule.OMIT_EMPTY, type, from, into));
    }

    /// Left out when absent; an empty value is a statement of its own and is written.
    public <V> Table<T, B> omitNull(
        String name, JsonType<V> type, Function<T, @Nullable V> from, BiConsumer<B, V> into) {
      return add(new Field<>(name, Rule.OMIT_NULL, type, from, into));
    }

    public ObjectType<T, B> build() {
      return new ObjectType<>(this);
    }

    private Table<T, B> add(Field<T, B, ?> field) {
      fields.add(field);
      return this;
    }
  }
}

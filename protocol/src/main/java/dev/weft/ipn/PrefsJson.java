package dev.weft.ipn;

import dev.weft.json.JsonType;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// [Prefs] as JSON. `AutoUpdate` and `AppConnector` are objects on the wire and dotted names in
/// [Pref].
final class PrefsJson implements JsonType<Prefs> {

  @Override
  public Prefs read(JsonReader in) {
    return read(in, "", Prefs.ZERO, (_, _) -> false);
  }

  /// Reads a field that is no setting, or answers false.
  interface OtherField {
    boolean read(JsonReader in, String lowerName);
  }

  /// Reads an object into a copy of `start`. `prefix` is the object's own name with a dot, lower
  /// case; empty at the top.
  static Prefs read(JsonReader in, String prefix, Prefs start, OtherField other) {
    Prefs prefs = start;
    in.beginObject();
    while (in.hasNextField()) {
      String name = prefix + in.nextField().toLowerCase(Locale.ROOT);
      if (in.isNullValue()) {
        continue;
      }
      Pref<?> pref = Pref.byLowerName(name);
      if (pref != null) {
        prefs = readValue(in, pref, prefs);
        continue;
      }
      switch (name) {
        case "autoupdate", "appconnector" -> prefs = read(in, name + '.', prefs, other);
        case "config" -> prefs = prefs.withPersist(Persist.JSON.read(in));
        default -> {
          if (!other.read(in, name)) {
            in.skipValue();
          }
        }
      }
    }
    in.endObject();
    return prefs;
  }

  private static <T> Prefs readValue(JsonReader in, Pref<T> pref, Prefs prefs) {
    @Nullable T value = pref.type().read(in);
    return value == null ? prefs : prefs.with(pref, value);
  }

  @Override
  public void write(JsonWriter out, Prefs prefs) {
    out.beginObject();
    String open = "";
    List<Pref<?>> all = Pref.all();
    for (Pref<?> pref : all) {
      if (!pref.object().equals(open)) {
        if (!open.isEmpty()) {
          out.endObject();
        }
        open = pref.object();
        if (!open.isEmpty()) {
          out.name(open);
          out.beginObject();
        }
      }
      writeValue(out, prefs, pref);
    }
    out.name("DriveShares"); // a feature that Weft does not have; the peer always writes the field
    out.nullValue();
    out.name("Config");
    Persist persist = prefs.persist();
    if (persist == null) {
      out.nullValue();
    } else {
      Persist.JSON.write(out, persist);
    }
    out.endObject();
  }

  static <T> void writeValue(JsonWriter out, Prefs prefs, Pref<T> pref) {
    T value = prefs.value(pref);
    if (pref.omitEmpty() && pref.type().isEmpty(value)) {
      return;
    }
    out.name(pref.field());
    if (value instanceof List<?> list && list.isEmpty()) {
      out.nullValue();
    } else {
      pref.type().write(out, value);
    }
  }
}

package dev.weft.ipn;

import dev.weft.json.JsonType;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// [MaskedPrefs] as JSON: the settings, and beside each setting `X` that is meant, `"XSet": true`.
/// `AutoUpdateSet` is an object with one mark for each field of `AutoUpdate`; `AppConnectorSet`
/// covers its object.
final class MaskedPrefsJson implements JsonType<MaskedPrefs> {
  private static final String MARK = "set";
  private static final String IS_TRUE = "true";
  private static final int MAX_UNKNOWN = 64;

  @Override
  public MaskedPrefs read(JsonReader in) {
    Set<Pref<?>> mask = new LinkedHashSet<>();
    Set<String> unknown = new LinkedHashSet<>();
    Prefs values =
        PrefsJson.read(
            in,
            "",
            Prefs.ZERO,
            (reader, name) ->
                readMark(reader, name, mask) || readUnknownMark(reader, name, unknown));
    return new MaskedPrefs(values, mask, unknown);
  }

  /// A setting of a newer peer: whoever applies the change has to know that it is meant.
  private static boolean readUnknownMark(JsonReader in, String name, Set<String> unknown) {
    if (!name.endsWith(MARK) || unknown.size() >= MAX_UNKNOWN) {
      return false;
    }
    if (IS_TRUE.equals(in.readRaw().strip())) {
      unknown.add(name.substring(0, name.length() - MARK.length()));
    }
    return true;
  }

  private static boolean readMark(JsonReader in, String name, Set<Pref<?>> mask) {
    if (name.equals("autoupdateset")) {
      readAutoUpdateMarks(in, mask);
      return true;
    }
    Pref<?> pref = name.equals("appconnectorset") ? Pref.APP_CONNECTOR_ADVERTISE : markedBy(name);
    if (pref == null) {
      return false;
    }
    if (in.readBoolean()) {
      mask.add(pref);
    }
    return true;
  }

  private static void readAutoUpdateMarks(JsonReader in, Set<Pref<?>> mask) {
    in.beginObject();
    while (in.hasNextField()) {
      String name = "autoupdate." + in.nextField().toLowerCase(Locale.ROOT);
      if (!in.isNullValue() && !readMark(in, name, mask)) {
        in.skipValue();
      }
    }
    in.endObject();
  }

  private static @Nullable Pref<?> markedBy(String name) {
    return name.endsWith(MARK)
        ? Pref.byLowerName(name.substring(0, name.length() - MARK.length()))
        : null;
  }

  @Override
  public void write(JsonWriter out, MaskedPrefs change) {
    out.beginObject();
    for (Pref<?> pref : Pref.all()) {
      if (change.changes(pref) && pref.object().isEmpty()) {
        PrefsJson.writeValue(out, change.values(), pref);
        mark(out, pref.name());
      }
    }
    writeAutoUpdate(out, change);
    if (change.changes(Pref.APP_CONNECTOR_ADVERTISE)) {
      out.name("AppConnector");
      out.beginObject();
      PrefsJson.writeValue(out, change.values(), Pref.APP_CONNECTOR_ADVERTISE);
      out.endObject();
      mark(out, "AppConnector");
    }
    out.endObject();
  }

  private static void writeAutoUpdate(JsonWriter out, MaskedPrefs change) {
    boolean check = change.changes(Pref.AUTO_UPDATE_CHECK);
    boolean apply = change.changes(Pref.AUTO_UPDATE_APPLY);
    if (!check && !apply) {
      return;
    }
    out.name("AutoUpdate");
    out.beginObject();
    PrefsJson.writeValue(out, change.values(), Pref.AUTO_UPDATE_CHECK);
    PrefsJson.writeValue(out, change.values(), Pref.AUTO_UPDATE_APPLY);
    out.endObject();
    out.name("AutoUpdateSet");
    out.beginObject();
    if (check) {
      mark(out, "Check");
    }
    if (apply) {
      mark(out, "Apply");
    }
    out.endObject();
  }

  private static void mark(JsonWriter out, String name) {
    out.name(name + "Set");
    out.value(true);
  }
}

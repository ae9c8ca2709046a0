package dev.weft.config;

import dev.weft.config.ConfigException.Problem;
import dev.weft.config.Json.JsonObject;
import dev.weft.config.Json.JsonString;
import dev.weft.config.Json.Member;
import dev.weft.config.Settings.Entry;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Collects from the three sources, weakest first, and reports everything wrong in one go.
final class SettingsReader {
  private final SettingsSchema schema;
  private final Map<Setting<?>, Entry> entries = new LinkedHashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  SettingsReader(SettingsSchema schema) {
    this.schema = schema;
  }

  Settings read(List<String> args, Map<String, String> environment) {
    CommandLine line = CommandLine.split(schema, args, problems);
    if (line.helpRequested()) {
      return new Settings(schema, Map.of(), List.of(), true);
    }
    String file = line.configFile();
    if (file == null) {
      file = environment.get(schema.variable(SettingsSchema.CONFIG_FLAG));
    }
    if (file != null && !file.isEmpty()) {
      readFile(path(file));
    }
    schema.settings().forEach(setting -> readEnvironment(setting, environment));
    line.flags().forEach(flag -> readFlag(flag.setting(), flag.value()));
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return new Settings(schema, entries, line.arguments(), false);
  }

  private static Path path(String file) {
    try {
      return Path.of(file);
    } catch (InvalidPathException e) {
      throw new ConfigException("--" + SettingsSchema.CONFIG_FLAG, "is no path: " + e.getReason());
    }
  }

  private void readFile(Path file) {
    Json document = HuJson.read(file);
    if (!(document instanceof JsonObject object)) {
      problems.add(
          new Problem(
              file + ":" + document.position(), "expected an object, found " + document.kind()));
      return;
    }
    object.members().forEach((name, member) -> readMember(file, name, member));
  }

  private void readMember(Path file, String name, Member member) {
    Setting<?> setting = schema.named(name).orElse(null);
    if (setting == null) {
      problems.add(new Problem(file + ":" + member.namePosition(), unknown(name, "setting")));
      return;
    }
    Json json = member.value();
    Object value = setting.kind().fromJson(json);
    Json shown = value == null ? setting.kind().culprit(json) : json;
    accept(setting, value, file + ":" + shown.position(), describe(shown));
  }

  private static String describe(Json json) {
    return switch (json) {
      case JsonString s -> quoted(s.value());
      case Json.JsonNumber n -> n.literal();
      default -> json.kind();
    };
  }

  private void readEnvironment(Setting<?> setting, Map<String, String> environment) {
    for (String variable : schema.variables(setting)) {
      String text = environment.get(variable);
      // Compose files and unit files set variables to nothing when they mean "not set".
      if (text != null && !text.isEmpty()) {
        Object value = setting.kind().fromText(text);
        accept(setting, value, "environment variable " + variable, quoted(text));
        return;
      }
    }
  }

  private <T> void readFlag(Setting<T> setting, String text) {
    String where = "flag --" + setting.name();
    T value = setting.kind().fromText(text);
    Entry earlier = entries.get(setting);
    if (value != null && earlier != null && earlier.origin().equals(where)) {
      @SuppressWarnings("unchecked") // read by the same kind
      T merged = setting.kind().merged((T) earlier.value(), value);
      value = merged == null ? value : merged;
    }
    accept(setting, value, where, quoted(text));
  }

  private void accept(Setting<?> setting, @Nullable Object value, String where, String found) {
    if (value == null) {
      String shown = setting.isSecret() ? "something else" : found;
      problems.add(
          new Problem(
              where,
              "%s: expected %s, found %s"
                  .formatted(setting.name(), setting.kind().expects(), shown)));
    } else {
      entries.put(setting, new Entry(value, where));
    }
  }

  String unknown(String name, String what) {
    return unknown(schema, name, what);
  }

  static String unknown(SettingsSchema schema, String name, String what) {
    String hint =
        schema
            .closest(name)
            .map(close -> "did you mean \"" + close + "\"?")
            .orElse("`" + schema.command() + " --help` lists them");
    return "unknown %s %s; %s".formatted(what, quoted(name), hint);
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .limit(80)
        .forEach(c -> out.appendCodePoint(Character.isISOControl(c) ? '\uFFFD' : c));
    return out.append(text.codePointCount(0, text.length()) > 80 ? "…\"" : "\"").toString();
  }
}

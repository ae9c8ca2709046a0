package dev.weft.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Everything that one command understands. Declared once, as a constant of the program that reads
/// it.
public final class SettingsSchema {
  static final String CONFIG_FLAG = "config";

  private final String command;
  private final String variablePrefix;
  private final Map<String, Setting<?>> settings;

  private SettingsSchema(String command, String variablePrefix, Map<String, Setting<?>> settings) {
    this.command = command;
    this.variablePrefix = variablePrefix;
    this.settings = settings;
  }

  /// @param command how a person starts it, `weft relay`
  public static SettingsSchema of(String command, Setting<?>... settings) {
    Map<String, Setting<?>> byName = new LinkedHashMap<>();
    for (Setting<?> setting : settings) {
      if (setting.name().equals(CONFIG_FLAG) || byName.put(setting.name(), setting) != null) {
        throw new IllegalArgumentException("declared twice: " + setting);
      }
    }
    return new SettingsSchema(command, "WEFT_", Collections.unmodifiableMap(byName));
  }

  /// Another prefix for the environment variables than `WEFT_`, where two commands share an
  /// environment.
  public SettingsSchema variablePrefix(String prefix) {
    return new SettingsSchema(command, prefix, settings);
  }

  /// Checks a file against this schema without anything else: for tests of example files and
  /// `--check` flags.
  ///
  /// @throws ConfigException naming everything in it that is unknown or wrong
  public void check(Path file) {
    Settings.load(this, List.of("--" + CONFIG_FLAG, file.toString()), Map.of());
  }

  /// The text for `--help`.
  public String usage() {
    StringBuilder out = new StringBuilder("Usage: " + command + " [flags]\n\nFlags:\n");
    for (Setting<?> setting : settings.values()) {
      out.append("  --").append(setting.name());
      if (!setting.placeholder().isEmpty()) {
        out.append(' ').append(setting.placeholder());
      }
      List<String> notes = new ArrayList<>();
      setting.fallback().ifPresent(value -> notes.add("default " + value));
      notes.add(String.join(", ", variables(setting)));
      out.append("\n        ").append(setting.description());
      out.append(" (").append(String.join("; ", notes)).append(")\n");
    }
    out.append("  --")
        .append(CONFIG_FLAG)
        .append(" FILE\n        the same settings from a HuJSON file (");
    return out.append(variablePrefix).append("CONFIG)\n").toString();
  }

  String command() {
    return command;
  }

  Collection<Setting<?>> settings() {
    return settings.values();
  }

  Optional<Setting<?>> named(String name) {
    return Optional.ofNullable(settings.get(name));
  }

  List<String> variables(Setting<?> setting) {
    List<String> all = new ArrayList<>();
    all.add(variable(setting.name()));
    all.addAll(setting.otherVariables());
    return all;
  }

  String variable(String name) {
    return variablePrefix + name.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /// The known name that a wrong one was most likely meant to be.
  Optional<String> closest(String wrong) {
    String folded = wrong.toLowerCase(Locale.ROOT).replace('_', '-');
    String best = null;
    int bestDistance = 3;
    for (String name : settings.keySet()) {
      int distance = distance(folded, name);
      if (distance < bestDistance && distance < name.length() / 2) {
        best = name;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /// Levenshtein's, with one row.
  private static int distance(String a, String b) {
    if (a.length() > 64) {
      return Integer.MAX_VALUE;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}

package dev.weft.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The values in force: what the file says, overruled by the environment, overruled by flags, else
/// the default. Immutable.
public final class Settings {
  /// A value and who set it.
  record Entry(Object value, String origin) {}

  private final SettingsSchema schema;
  private final Map<Setting<?>, Entry> entries;
  private final List<String> arguments;
  private final boolean helpRequested;

  Settings(
      SettingsSchema schema,
      Map<Setting<?>, Entry> entries,
      List<String> arguments,
      boolean helpRequested) {
    this.schema = schema;
    this.entries = new LinkedHashMap<>(entries);
    this.arguments = List.copyOf(arguments);
    this.helpRequested = helpRequested;
  }

  /// Reads the command line (Go's flag conventions: `-x`, `--x`, `--x=value`, `--x value`, a switch
  /// alone or `--x=false`, flags before other arguments, `--` ends them), the file that `--config`
  /// or `WEFT_CONFIG` names, and the environment.
  ///
  /// @param environment [System#getenv()], or what a test says
  /// @throws ConfigException naming everything that is unknown or wrong; print its message and exit
  public static Settings load(
      SettingsSchema schema, List<String> args, Map<String, String> environment) {
    return new SettingsReader(schema).read(args, environment);
  }

  /// The value, or the default.
  ///
  /// @throws ConfigException when there is neither: the message says how to set it
  public <T> T value(Setting<T> setting) {
    return find(setting)
        .orElseThrow(() ->
            new ConfigException(
                schema.command(),
                "needs --%s (or %s, or \"%s\" in the file): %s"
                    .formatted(
                        setting.name(),
                        schema.variable(setting.name()),
                        setting.name(),
                        setting.description())));
  }

  /// The value or the default, if there is either.
  @SuppressWarnings("unchecked") // an entry was read by its own setting's kind
  public <T> Optional<T> find(Setting<T> setting) {
    if (schema.named(setting.name()).orElse(null) != setting) {
      throw new IllegalArgumentException(setting + " is no setting of " + schema.command());
    }
    Entry entry = entries.get(setting);
    return entry == null ? setting.fallback() : Optional.of((T) entry.value());
  }

  /// Whether somebody set it: not merely its default.
  public boolean isSet(Setting<?> setting) {
    return entries.containsKey(setting);
  }

  /// Who set it, for messages: `relay.hujson:3:14`, `environment variable WEFT_LISTEN`, `flag
  /// --listen`, `default`.
  public String origin(Setting<?> setting) {
    Entry entry = entries.get(setting);
    return entry == null ? "default" : entry.origin();
  }

  /// What to throw when a value, well written, turns out not to work: an address that is taken, a
  /// file that is missing.
  public ConfigException rejected(Setting<?> setting, String why) {
    return new ConfigException(origin(setting), setting.name() + ": " + why);
  }

  /// What stands behind the flags.
  public List<String> arguments() {
    return arguments;
  }

  /// `-h` or `--help` was given: print [SettingsSchema#usage] and do nothing else.
  public boolean helpRequested() {
    return helpRequested;
  }
}

package dev.weft.config;

import dev.weft.config.ConfigException.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A command line taken apart by the rules of Go's flag package.
record CommandLine(
    List<Flag> flags, List<String> arguments, @Nullable String configFile, boolean helpRequested) {

  record Flag(Setting<?> setting, String value) {}

  static CommandLine split(SettingsSchema schema, List<String> args, List<Problem> problems) {
    List<Flag> flags = new ArrayList<>();
    String configFile = null;
    int at = 0;
    while (at < args.size()) {
      String arg = args.get(at);
      if (!arg.startsWith("-") || arg.equals("-")) {
        break;
      }
      at++;
      if (arg.equals("--")) {
        break;
      }
      int equals = arg.indexOf('=');
      String name = arg.substring(arg.startsWith("--") ? 2 : 1, equals < 0 ? arg.length() : equals);
      if (name.equals("h") || name.equals("help")) {
        return new CommandLine(List.of(), List.of(), null, true);
      }
      boolean isConfig = name.equals(SettingsSchema.CONFIG_FLAG);
      Setting<?> setting = schema.named(name).orElse(null);
      String where = "flag --" + name;
      if (setting == null && !isConfig) {
        problems.add(new Problem(schema.command(), SettingsReader.unknown(schema, name, "flag")));
        // Whether the next word is its value cannot be known.
        break;
      }
      String value;
      if (equals >= 0) {
        value = arg.substring(equals + 1);
      } else if (setting != null && setting.kind().isSwitch()) {
        value = "true";
      } else if (at < args.size()) {
        value = args.get(at++);
      } else {
        problems.add(new Problem(where, "expected a value behind it, found the end of the line"));
        break;
      }
      if (setting == null) {
        configFile = value;
      } else {
        flags.add(new Flag(setting, value));
      }
    }
    return new CommandLine(flags, List.copyOf(args.subList(at, args.size())), configFile, false);
  }
}

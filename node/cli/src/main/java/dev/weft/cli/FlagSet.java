package dev.weft.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The flags of one command, read by Go's conventions: `-x` and `--x` are the same, a value follows
/// as `--x=v` or `--x v`, a boolean stands alone or has `=true` or `=false`, `--` ends the flags,
/// and so does the first argument that is none.
final class FlagSet {
  private final String command;
  private final Map<String, Flag<?>> flags = new LinkedHashMap<>();
  private final Map<String, Flag<?>> aliases = new LinkedHashMap<>();

  /// @param command for messages, such as `weft up`
  FlagSet(String command) {
    this.command = command;
  }

  String command() {
    return command;
  }

  /// Every flag, in the order of declaration.
  List<Flag<?>> all() {
    return List.copyOf(flags.values());
  }

  boolean anySet() {
    return flags.values().stream().anyMatch(Flag::isSet);
  }

  Flag<Boolean> flag(String name, boolean initial, String usage) {
    return add(new Flag<>(name, "", usage, initial, FlagSet::parseBoolean));
  }

  Flag<String> text(String name, String placeholder, String initial, String usage) {
    return add(new Flag<>(name, placeholder, usage, initial, text -> text));
  }

  Flag<Long> number(String name, String placeholder, long initial, String usage) {
    return add(new Flag<>(name, placeholder, usage, initial, FlagSet::parseNumber));
  }

  Flag<Duration> duration(String name, Duration initial, String usage) {
    return add(
        new Flag<>(name, "DURATION", usage, initial, text -> GoDuration.parse(text).orElse(null)));
  }

  /// Another name for a flag, not shown.
  void alias(String alias, Flag<?> flag) {
    aliases.put(alias, flag);
  }

  private <T> Flag<T> add(Flag<T> flag) {
    flags.put(flag.name(), flag);
    return flag;
  }

  private static @Nullable Boolean parseBoolean(String text) {
    return switch (text) {
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default -> null;
    };
  }

  private static @Nullable Long parseNumber(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      return null;
    }
  }

  /// Reads the flags and answers what stands behind them.
  ///
  /// @throws Failure when a flag is unknown or its value is none; exit code 2
  /// @throws HelpWanted when help is asked for
  List<String> parse(List<String> args) throws Failure, HelpWanted {
    int at = 0;
    while (at < args.size()) {
      String arg = args.get(at);
      if (arg.length() < 2 || arg.charAt(0) != '-') {
        break;
      }
      at++;
      if (arg.equals("--")) {
        break;
      }
      at +=
          take(arg.substring(arg.startsWith("--") ? 2 : 1), at < args.size() ? args.get(at) : null);
    }
    return List.copyOf(args.subList(at, args.size()));
  }

  /// Takes one flag and answers how many of the following arguments belong to it.
  private int take(String body, @Nullable String next) throws Failure, HelpWanted {
    int equals = body.indexOf('=');
    String name = equals < 0 ? body : body.substring(0, equals);
    Flag<?> flag = flags.getOrDefault(name, aliases.get(name));
    if (flag == null) {
      if (name.equals("help") || name.equals("h")) {
        throw new HelpWanted();
      }
      throw unknown(name);
    }
    if (flag.isSet()) {
      throw Failure.usage(command + ": flag --" + name + " is given twice");
    }
    if (equals >= 0) {
      set(flag, body.substring(equals + 1));
      return 0;
    }
    if (flag.isBoolean()) {
      set(flag, "true");
      return 0;
    }
    if (next == null) {
      throw Failure.usage(command + ": flag --" + name + " needs a value");
    }
    set(flag, next);
    return 1;
  }

  private void set(Flag<?> flag, String text) throws Failure {
    if (!flag.take(text)) {
      throw Failure.usage(
          command + ": \"" + text + "\" is no value for --" + flag.name() + expected(flag));
    }
  }

  private static String expected(Flag<?> flag) {
    return switch (flag.initial()) {
      case Boolean _ -> ": true or false";
      case Long _ -> ": a whole number";
      case Duration _ -> ": a duration such as 5s or 1m30s";
      default -> "";
    };
  }

  private Failure unknown(String name) {
    List<String> shown = new ArrayList<>();
    for (Flag<?> flag : flags.values()) {
      if (!flag.isHidden()) {
        shown.add(flag.name());
      }
    }
    String nearest = Suggestion.nearest(name, shown);
    return Failure.usage(
        command
            + ": unknown flag --"
            + name
            + (nearest == null ? "" : "; did you mean --" + nearest + "?")
            + " ('"
            + command
            + " --help' lists the flags)");
  }

  /// Help was asked for, which is no failure.
  static final class HelpWanted extends Exception {
    private static final long serialVersionUID = 1L;

    HelpWanted() {
      super("help");
    }
  }
}

package dev.weft.cli;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// What `--help` prints.
final class Help {
  /// The commands of the same program that are not ours: they run things instead of asking them.
  static final List<String> SERVERS = List.of("quickstart", "daemon", "control", "relay");

  private static final int COLUMN = 28;

  private Help() {}

  static String overview(FlagSet flags) {
    StringBuilder out =
        new StringBuilder(
            "usage: weft [--socket=PATH] <command> [flags] [arguments]\n\ncommands:\n");
    for (String name : Cli.commands()) {
      Command command = Objects.requireNonNull(Cli.command(name));
      entry(out, name, command.summary());
    }
    out.append("\nservers, each with its own --help:\n");
    entry(out, "quickstart", "Try a whole tailnet on this machine, without root");
    entry(out, "daemon", "Run a node");
    entry(out, "control", "Run or administrate a control server");
    entry(out, "relay", "Run a relay");
    out.append("\nflags:\n");
    flags.all().forEach(flag -> flag(out, flag));
    return out.append("\n'weft <command> --help' describes a command.\n").toString();
  }

  static String of(Command command) {
    StringBuilder out = new StringBuilder(command.summary());
    out.append("\n\nusage: ")
        .append(command.flags().command())
        .append(' ')
        .append(command.arguments());
    out.append('\n');
    boolean any = false;
    for (Flag<?> flag : command.flags().all()) {
      if (!flag.isHidden()) {
        out.append(any ? "" : "\nflags:\n");
        flag(out, flag);
        any = true;
      }
    }
    return out.toString();
  }

  private static void flag(StringBuilder out, Flag<?> flag) {
    String initial =
        switch (flag.initial()) {
          case Boolean on -> on ? " (default true; --" + flag.name() + "=false turns it off)" : "";
          case Long number -> number == 0 ? "" : " (default " + number + ")";
          case Duration duration ->
              duration.isZero()
                  ? ""
                  : " (default " + GoDuration.formatMillis(duration.toMillis()) + ")";
          default -> "";
        };
    String value = flag.placeholder().isEmpty() ? "" : "=" + flag.placeholder();
    entry(out, "--" + flag.name() + value, flag.usage() + initial);
  }

  private static void entry(StringBuilder out, String name, String text) {
    out.append("  ")
        .append(name)
        .repeat(' ', Math.max(2, COLUMN - name.length()))
        .append(text)
        .append('\n');
  }
}

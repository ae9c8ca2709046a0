package dev.weft.cli;

import java.io.IOException;
import java.util.List;

/// One command of `weft`. An instance is for one run: its flags hold what was given.
interface Command {
  /// Arguments as `--help` shows them, such as `[flags] <host>`.
  String arguments();

  /// What it does, in a line.
  String summary();

  FlagSet flags();

  /// Runs it and answers the exit code.
  ///
  /// @param args what stands behind the flags
  int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure, IOException;

  /// @throws Failure when there are arguments
  default void expectNoArguments(List<String> args) throws Failure {
    if (!args.isEmpty()) {
      throw Failure.usage(
          flags().command() + ": takes no arguments, but got \"" + String.join(" ", args) + "\"");
    }
  }
}

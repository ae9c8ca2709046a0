package dev.weft.dist.quickstart;

import dev.weft.cli.Cli;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// Runs the commands that people type most, in one process, against a node that [Rehearsal] holds
/// ready.
public final class CommandRehearsal {
  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("version"),
          List.of("status"),
          List.of("status", "--json"),
          List.of("ip"),
          List.of("ping", "-c=1", "--until-direct=false", "teammate"),
          List.of("whois", "100.64.0.2"),
          List.of("serve", "status"),
          List.of("up", "--reset", "--hostname=laptop", "--timeout=10s"),
          List.of("wait", "--timeout=5s"));

  private CommandRehearsal() {}

  public static void main(String[] arguments) {
    PrintStream silent = new PrintStream(OutputStream.nullOutputStream());
    for (List<String> command : COMMANDS) {
      List<String> whole = new ArrayList<>(List.of("--socket=" + arguments[0]));
      whole.addAll(command);
      Cli.run(whole, silent, silent);
    }
    System.exit(0); // an orderly exit writes the recording
  }
}

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
          List.of("get"),
          List.of("set", "--accept-routes=false"),
          List.of("switch", "--list"),
          List.of("dns", "status"),
          List.of("dns", "query", "teammate"),
          List.of("netcheck"),
          List.of("metrics"),
          List.of("up", "--reset", "--hostname=laptop", "--timeout=10s"),
          List.of("wait", "--timeout=5s"));

  private CommandRehearsal() {}

  /// Not run here, since it ends the process; but what it loads should be in the recording.
  private static final List<String> LOADED_BY_THE_PROGRAM =
      List.of("dev.weft.dist.Main", "dev.weft.dist.ParentWatch");

  public static void main(String[] arguments) throws ClassNotFoundException {
    for (String name : LOADED_BY_THE_PROGRAM) {
      Class.forName(name);
    }
    PrintStream silent = new PrintStream(OutputStream.nullOutputStream());
    for (List<String> command : COMMANDS) {
      List<String> whole = new ArrayList<>(List.of("--socket=" + arguments[0]));
      whole.addAll(command);
      Cli.run(whole, silent, silent);
    }
    System.exit(0); // an orderly exit writes the recording
  }
}

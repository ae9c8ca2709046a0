package dev.weft.dist;

import dev.weft.cli.Cli;
import dev.weft.control.ControlCommand;
import dev.weft.dist.quickstart.Quickstart;
import dev.weft.relay.RelayCommand;
import dev.weft.runtime.DaemonCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Entry of the program: `weft COMMAND …`.
///
/// The servers and the daemon are commands of their own; everything else is the command line
/// client's, which also knows what to say to an unknown command. Classes of a product load only
/// when its command is run.
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    ParentWatch.startIfAsked();
    // The JDK's own streams follow the locale; ours are UTF-8 everywhere.
    PrintStream out = utf8(FileDescriptor.out);
    PrintStream err = utf8(FileDescriptor.err);
    int exit = run(List.of(arguments), out, err);
    out.flush();
    err.flush();
    // Nothing is left to tidy up, and an orderly exit costs a command a quarter of its time.
    // Neither do
    // threads of a library keep a finished command alive.
    Runtime.getRuntime().halt(exit);
  }

  static int run(List<String> arguments, PrintStream out, PrintStream err) {
    String command = arguments.isEmpty() ? "" : arguments.getFirst();
    List<String> rest = arguments.isEmpty() ? List.of() : arguments.subList(1, arguments.size());
    return switch (command) {
      case "quickstart" -> Quickstart.run(rest, out, err);
      case "daemon" -> DaemonCommand.run(rest, out, err);
      case "control" -> ControlCommand.run(rest, out, err);
      case "relay" -> RelayCommand.run(rest, out, err);
      default -> Cli.run(arguments, out, err);
    };
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}

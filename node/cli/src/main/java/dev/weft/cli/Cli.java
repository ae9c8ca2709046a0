package dev.weft.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The commands that talk to a running node.
public final class Cli {
  /// In the order of `weft help`.
  private static final List<String> COMMANDS =
      List.of(
          "up",
          "down",
          "login",
          "logout",
          "switch",
          "set",
          "get",
          "status",
          "ip",
          "ping",
          "whois",
          "serve",
          "nc",
          "netcheck",
          "dns",
          "exit-node",
          "metrics",
          "wait",
          "version",
          "debug");

  private final Terminal terminal;

  private Cli(Terminal terminal) {
    this.terminal = terminal;
  }

  /// Runs one command and answers the exit code. Blocks until it is done; nothing is thrown.
  ///
  /// @param args without the program's name, such as `status --json`
  public static int run(List<String> args, PrintStream out, PrintStream err) {
    return run(args, new Terminal(out, err, System.in, System.getenv(), "weft"));
  }

  /// The names of the commands that [#run] knows, for whoever offers them beside its own.
  public static List<String> commands() {
    return COMMANDS;
  }

  static int run(List<String> args, Terminal terminal) {
    Terminal plain =
        new Terminal(
            PlainOutput.of(terminal.out()),
            PlainOutput.of(terminal.err()),
            terminal.in(),
            terminal.environment(),
            terminal.program(),
            terminal.out());
    int exitCode = new Cli(plain).dispatch(args);
    plain.out().flush();
    plain.err().flush();
    terminal.out().flush();
    terminal.err().flush();
    return exitCode;
  }

  private int dispatch(List<String> args) {
    FlagSet flags = new FlagSet("weft");
    Flag<String> socket = flags.text("socket", "PATH", "", "the daemon's socket");
    try {
      List<String> rest = flags.parse(args);
      if (rest.isEmpty()) {
        terminal.err().print(Help.overview(flags));
        return Failure.USAGE;
      }
      String name = rest.getFirst();
      List<String> arguments = rest.subList(1, rest.size());
      return name.equals("help")
          ? help(flags, arguments)
          : runCommand(name, arguments, socket.value());
    } catch (FlagSet.HelpWanted _) {
      terminal.out().print(Help.overview(flags));
      return 0;
    } catch (Failure e) {
      return fail(e);
    }
  }

  private int runCommand(String name, List<String> args, String rootSocket) throws Failure {
    Command command = find(name);
    Flag<String> ownSocket =
        command.flags().text("socket", "PATH", rootSocket, "the daemon's socket").hidden();
    try {
      List<String> rest = command.flags().parse(args);
      return command.run(rest, terminal, new Daemon(socket(ownSocket.value())));
    } catch (FlagSet.HelpWanted _) {
      terminal.out().print(Help.of(command));
      return 0;
    } catch (IOException e) {
      throw Failure.of("weft " + name + ": " + e.getMessage());
    }
  }

  private Path socket(String given) {
    return given.isEmpty()
        ? SocketPath.find(
            terminal.environment(),
            System.getProperty("user.name"),
            System.getProperty("user.home"))
        : Path.of(given);
  }

  private int help(FlagSet flags, List<String> args) throws Failure {
    terminal.out().print(args.isEmpty() ? Help.overview(flags) : Help.of(find(args.getFirst())));
    return 0;
  }

  private static Command find(String name) throws Failure {
    Command command = command(name);
    if (command == null) {
      List<String> words = new ArrayList<>(COMMANDS);
      words.addAll(Help.SERVERS);
      words.add("help");
      String nearest = Suggestion.nearest(name, words);
      throw Failure.usage(
          "weft: unknown command \""
              + name
              + '"'
              + (nearest == null ? "" : "; did you mean \"" + nearest + "\"?")
              + " ('weft help' lists the commands)");
    }
    return command;
  }

  /// One class is loaded for the one command that is run.
  static @Nullable Command command(String name) {
    return switch (name) {
      case "up" -> new UpCommand();
      case "down" -> new DownCommand();
      case "login" -> new LoginCommand();
      case "logout" -> new LogoutCommand();
      case "switch" -> new SwitchCommand();
      case "set" -> new SetCommand();
      case "get" -> new GetCommand();
      case "nc" -> new NcCommand();
      case "netcheck" -> new NetcheckCommand();
      case "dns" -> new DnsCommand();
      case "exit-node" -> new ExitNodeCommand();
      case "metrics" -> new MetricsCommand();
      case "debug" -> new DebugCommand();
      case "status" -> new StatusCommand();
      case "ip" -> new IpCommand();
      case "ping" -> new PingCommand();
      case "whois" -> new WhoIsCommand();
      case "serve" -> new ServeCommand();
      case "wait" -> new WaitCommand();
      case "version" -> new VersionCommand();
      default -> null;
    };
  }

  private int fail(Failure failure) {
    if (!failure.getMessage().isEmpty()) {
      terminal.err().println(failure.getMessage());
    }
    return failure.exitCode();
  }
}

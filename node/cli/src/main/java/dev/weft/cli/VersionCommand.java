package dev.weft.cli;

import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.Json;
import dev.weft.json.JsonIndent;
import dev.weft.tailcfg.CapabilityVersion;
import java.util.List;

/// `weft version`: of this command and of the daemon.
final class VersionCommand implements Command {
  private final FlagSet flags = new FlagSet("weft version");
  private final Flag<Boolean> daemonToo =
      flags.flag("daemon", false, "also print the daemon's version");
  private final Flag<Boolean> json = flags.flag("json", false, "print as JSON");

  /// The version that the build put into the jar.
  static String text() {
    String version = VersionCommand.class.getPackage().getImplementationVersion();
    return System.getProperty("weft.version", version == null ? "0.1.0-dev" : version);
  }

  @Override
  public String arguments() {
    return "[flags]";
  }

  @Override
  public String summary() {
    return "Print the version";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure {
    expectNoArguments(args);
    String daemonVersion = daemonToo.value() ? daemon.status(false).version() : "";
    terminal.out().print(json.value() ? json(daemonVersion) : lines(daemonVersion));
    return 0;
  }

  private String lines(String daemonVersion) {
    String details =
        text()
            + "\n  capability version: "
            + CapabilityVersion.CURRENT
            + "\n  java version: "
            + Runtime.version()
            + '\n';
    return daemonToo.value() ? "Client: " + details + "Daemon: " + daemonVersion + '\n' : details;
  }

  private String json(String daemonVersion) {
    String version = text();
    int dash = version.indexOf('-');
    String compact =
        "{\"majorMinorPatch\":"
            + quoted(dash < 0 ? version : version.substring(0, dash))
            + ",\"short\":"
            + quoted(version)
            + ",\"long\":"
            + quoted(version)
            + ",\"cap\":"
            + CapabilityVersion.CURRENT
            + (daemonToo.value() ? ",\"daemonLong\":" + quoted(daemonVersion) : "")
            + '}';
    return JsonIndent.indent(compact, "\t") + '\n';
  }

  private static String quoted(String text) {
    return Json.encodeToText(STRING, text);
  }
}

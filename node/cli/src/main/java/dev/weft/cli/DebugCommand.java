package dev.weft.cli;

import dev.weft.json.JsonIndent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// `weft debug`: what the daemon works with, for people who look for a fault.
final class DebugCommand implements Command {
  private final FlagSet flags = new FlagSet("weft debug");

  @Override
  public String arguments() {
    return """
    prefs                   the settings
      weft debug netmap                  the whole network map
      weft debug derp-map                the relays
      weft debug capture [-o FILE]       the packets in the tunnel, as pcap; - is standard output\
    """;
  }

  @Override
  public String summary() {
    return "Show what the daemon works with, or capture its packets";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure, IOException {
    String what = args.isEmpty() ? "" : args.getFirst();
    if (what.equals("capture")) {
      return capture(args.subList(1, args.size()), terminal, daemon);
    }
    if (args.size() != 1) {
      throw Failure.usage("usage: weft debug " + arguments());
    }
    String json =
        switch (what) {
          case "prefs" -> daemon.prefsJson();
          case "netmap" -> daemon.networkMapJson();
          case "derp-map" -> daemon.derpMapJson();
          default -> throw Failure.usage("usage: weft debug " + arguments());
        };
    terminal.out().println(JsonIndent.indent(json.strip(), "\t"));
    return 0;
  }

  private static int capture(List<String> args, Terminal terminal, Daemon daemon)
      throws Failure, IOException {
    FlagSet flags = new FlagSet("weft debug capture");
    Flag<String> file = flags.text("o", "FILE", "-", "where the packets go; - is standard output");
    try {
      if (!flags.parse(args).isEmpty()) {
        throw Failure.usage("weft debug capture: takes no arguments but -o FILE");
      }
    } catch (FlagSet.HelpWanted _) {
      terminal.out().println("usage: weft debug capture [-o FILE]");
      return 0;
    }
    try (OutputStream out =
        file.value().equals("-") ? terminal.raw() : Files.newOutputStream(Path.of(file.value()))) {
      daemon.capture(out, () -> terminal.err().println("Capturing until Ctrl-C."));
    }
    return 0;
  }
}

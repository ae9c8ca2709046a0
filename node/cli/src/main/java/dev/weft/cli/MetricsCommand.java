package dev.weft.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// `weft metrics`: the counters of the daemon in Prometheus text form.
final class MetricsCommand implements Command {
  private final FlagSet flags = new FlagSet("weft metrics");

  @Override
  public String arguments() {
    return "[print | write <file>]";
  }

  @Override
  public String summary() {
    return "Show the daemon's counters, or write them to a file for Prometheus";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure, IOException {
    String verb = args.isEmpty() ? "print" : args.getFirst();
    if (verb.equals("print") && args.size() <= 1) {
      terminal.out().print(daemon.userMetrics());
    } else if (verb.equals("write") && args.size() == 2) {
      write(Path.of(args.get(1)), daemon.userMetrics());
    } else {
      throw Failure.usage("usage: weft metrics " + arguments());
    }
    return 0;
  }

  /// In one step: a collector that looks meanwhile sees the old file or the new one.
  private static void write(Path file, String text) throws Failure {
    Path folder = file.toAbsolutePath().getParent();
    try {
      Path fresh = Files.createTempFile(folder, "weft-metrics", ".tmp");
      try {
        Files.writeString(fresh, text);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw Failure.of("cannot write " + file + ": " + e);
    }
  }
}

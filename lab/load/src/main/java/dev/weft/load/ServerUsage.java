package dev.weft.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// What a process of this machine uses, from `/proc` (Linux).
final class ServerUsage {
  /// `USER_HZ`, which every Linux of today has.
  private static final double TICKS_PER_SECOND = 100;

  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;

  private final Path proc;

  ServerUsage(int pid) {
    proc = Path.of("/proc", Integer.toString(pid));
  }

  /// Processor time of all its threads since it started. In steps of 10 ms.
  double cpuSeconds() throws IOException {
    String stat = Files.readString(proc.resolve("stat"));
    // Behind the name, which may hold anything: the state and what follows, field 3 onwards.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]))
        / TICKS_PER_SECOND;
  }

  /// Resident memory.
  double residentMib() throws IOException {
    try (Stream<String> lines = Files.lines(proc.resolve("status"))) {
      return lines
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst()
              .orElse(0)
          / 1024.0;
    }
  }
}

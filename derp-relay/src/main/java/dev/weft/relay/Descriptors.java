package dev.weft.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// How many connections the process may have before it runs out of file descriptors. Beyond that
/// not only connections fail but whatever the JVM opens on the way: a class, the time zones, a log.
final class Descriptors {
  /// For what a relay opens beside its clients: questions to the control plane, files, libraries.
  private static final int RESERVE = 48;

  private static final String LIMIT = "Max open files";

  private Descriptors() {}

  /// @return the most connections there is room for now; of another system than Linux, as many as
  ///   one could want
  static int room() {
    Path self = Path.of("/proc/self");
    try (Stream<Path> open = Files.list(self.resolve("fd"));
        Stream<String> limits = Files.lines(self.resolve("limits"))) {
      long limit =
          limits
              .filter(line -> line.startsWith(LIMIT))
              .map(line -> line.substring(LIMIT.length()).strip().split(" ", 2)[0])
              .mapToLong(
                  soft -> soft.equals("unlimited") ? Integer.MAX_VALUE : Long.parseLong(soft))
              .findFirst()
              .orElse(Integer.MAX_VALUE);
      return Math.clamp(limit - open.count() - RESERVE, 1, Integer.MAX_VALUE);
    } catch (IOException | NumberFormatException e) {
      return Integer.MAX_VALUE;
    }
  }
}

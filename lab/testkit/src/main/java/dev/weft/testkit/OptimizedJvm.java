package dev.weft.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs a program of the tests in a JVM of its own, because those of the tests have no optimizing
/// compiler, and it is what removes the wrappers around arrays that native calls take.
public final class OptimizedJvm {
  /// Less than the tests' own limit, so that what the program printed is seen.
  private static final Duration LIMIT = Duration.ofSeconds(100);

  private static final long END_SECONDS = 5;

  private OptimizedJvm() {}

  /// @param flags of the JVM, beside those that every such run has
  /// @return what it printed
  /// @throws AssertionError with what it printed, when it failed or did not end in time
  public static String run(Class<?> program, List<String> flags, String... arguments)
      throws IOException, InterruptedException {
    return run(LIMIT, program, flags, arguments);
  }

  static String run(Duration limit, Class<?> program, List<String> flags, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // The program waits for the compiler, however busy the machine is.
    command.addAll(
        List.of("-Xmx64m", "-XX:+UseSerialGC", "-Xbatch", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(flags);
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(program.getName());
    command.addAll(List.of(arguments));
    // To a file: a pipe is read to its end only when all that have it open are gone.
    Path printed = Files.createTempFile("weft-jvm", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(printed.toFile())
              .start();
      String outcome = outcome(process, limit);
      String text = Files.readString(printed);
      if (!outcome.isEmpty()) {
        throw new AssertionError(program.getSimpleName() + " " + outcome + ": " + text);
      }
      return text;
    } finally {
      Files.delete(printed);
    }
  }

  /// Empty when it ended well. It has ended in any case, also when whoever waits is interrupted.
  private static String outcome(Process process, Duration limit) throws InterruptedException {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return "did not end within " + limit.toSeconds() + " s";
      }
      return process.exitValue() == 0 ? "" : "failed";
    } finally {
      process.destroyForcibly().waitFor(END_SECONDS, TimeUnit.SECONDS);
    }
  }
}

package dev.weft.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Runs a program of the tests in a JVM of its own, because those of the tests have no optimizing
/// compiler, and it is what removes the wrappers around arrays that native calls take.
public final class OptimizedJvm {
  private OptimizedJvm() {}

  /// @param flags of the JVM, beside those that every such run has
  /// @return what it printed
  /// @throws AssertionError with what it printed, when it failed
  public static String run(Class<?> program, List<String> flags, String... arguments)
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
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(program.getSimpleName() + " failed: " + printed);
    }
    return printed;
  }
}

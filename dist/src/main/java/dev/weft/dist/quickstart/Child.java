package dev.weft.dist.quickstart;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A node's daemon as a child process: started again when it dies, ended with this process.
///
/// The child's standard input is a pipe from here. It reads nothing but the end, so that it leaves
/// even when this process was killed and could not say goodbye ({@link dev.weft.dist.ParentWatch}).
final class Child implements AutoCloseable {
  private static final long RESTART_DELAY_MILLIS = 1_000;

  private final String name;
  private final List<String> arguments;
  private final Path log;
  private final Consumer<String> notices;
  private final Thread supervisor;
  private volatile boolean closing;
  private volatile Process process;

  private Child(String name, List<String> arguments, Path log, Consumer<String> notices)
      throws IOException {
    this.name = name;
    this.arguments = List.copyOf(arguments);
    this.log = log;
    this.notices = notices;
    this.process = launch();
    this.supervisor = Thread.ofVirtual().name("supervise-" + name).unstarted(this::supervise);
  }

  /// Starts `weft` with the arguments; its output goes to the log file.
  static Child start(String name, List<String> arguments, Path log, Consumer<String> notices)
      throws IOException {
    Child child = new Child(name, arguments, log, notices);
    child.supervisor.start();
    return child;
  }

  /// The process that runs now.
  ProcessHandle handle() {
    return process.toHandle();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    closing = true;
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    supervisor.interrupt();
  }

  private void supervise() {
    while (!closing) {
      try {
        int exit = process.waitFor();
        if (closing) {
          return;
        }
        notices.accept(
            name + " ended with exit code " + exit + " (log: " + log + "); starting it again");
        // A child that cannot start would otherwise burn a core.
        TimeUnit.MILLISECONDS.sleep(RESTART_DELAY_MILLIS);
        process = launch();
      } catch (InterruptedException e) {
        return;
      } catch (IOException e) {
        notices.accept(name + " could not be started again: " + e.getMessage());
        return;
      }
    }
    process.destroy(); // closed while it was being launched
  }

  private Process launch() throws IOException {
    List<String> command = new ArrayList<>(launcher());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.put("WEFT_EXIT_WITH_PARENT", "1");
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    File target = log.toFile();
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(target))
        .start();
  }

  /// The launcher script that started us knows the JVM flags; without one, run from the class path.
  private static List<String> launcher() {
    String run = System.getenv("WEFT_RUN");
    if (run != null) {
      return List.of(run);
    }
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        "dev.weft.dist.Main");
  }
}

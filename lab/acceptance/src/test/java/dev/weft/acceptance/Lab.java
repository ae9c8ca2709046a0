package dev.weft.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A small internet in namespaces, and all that runs in it.
///
/// `srv` is 10.77.0.10; see `lab/netlab.sh` for the sites. Where a test fails, its logs stay in
/// `target/acceptance/<name>`.
final class Lab implements AutoCloseable {
  static final String SERVER = "10.77.0.10";

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent().getParent();

  private final String prefix =
      "wa" + ProcessHandle.current().pid() + "x" + COUNT.incrementAndGet();
  private final Path folder;
  private final List<Proc> running = new ArrayList<>();

  private Lab(Path folder) {
    this.folder = folder;
  }

  /// Makes the namespaces: `sites` are `name=kind`.
  static Lab up(String name, String... sites) throws Exception {
    Peers.requireRoot();
    Path folder = Path.of("target", "acceptance", name).toAbsolutePath();
    deleteTree(folder);
    Files.createDirectories(folder);
    Lab lab = new Lab(folder);
    List<String> arguments = new ArrayList<>(List.of("up"));
    arguments.addAll(List.of(sites));
    lab.netlab(arguments.toArray(String[]::new));
    return lab;
  }

  /// Where the built program lies.
  static Path home() {
    return ROOT.resolve("dist/target/weft");
  }

  static Path root() {
    return ROOT;
  }

  Path folder(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  /// A folder with `10.77.0.10.crt` and `.key`, signed by the CA in [#roots].
  Path certificates() throws Exception {
    Path folder = folder("tls");
    String ca = folder.resolve("ca").toString();
    String server = folder.resolve(SERVER).toString();
    Path names = folder.resolve("names");
    Files.writeString(names, "subjectAltName=IP:" + SERVER);
    openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=lab-ca -days 30"
            + " -keyout "
            + ca
            + ".key -out "
            + ca
            + ".crt");
    openssl(
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN="
            + SERVER
            + " -keyout "
            + server
            + ".key -out "
            + server
            + ".csr");
    openssl(
        "x509 -req -days 30 -in "
            + server
            + ".csr -CA "
            + ca
            + ".crt -CAkey "
            + ca
            + ".key -CAcreateserial -extfile "
            + names
            + " -out "
            + server
            + ".crt");
    return folder;
  }

  /// The CA of [#certificates], for `SSL_CERT_FILE`.
  Path roots() throws IOException {
    return folder("tls").resolve("ca.crt");
  }

  private static void openssl(String arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.split(" ", -1)));
    Result result = Proc.run(new ProcessBuilder(command), Duration.ofSeconds(20));
    if (result.exit() != 0) {
      throw new IOException("openssl " + arguments + ": " + result.all());
    }
  }

  void netlab(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ROOT.resolve("lab/netlab.sh").toString());
    command.add(prefix);
    command.addAll(List.of(arguments));
    Result result = Proc.run(new ProcessBuilder(command), Duration.ofSeconds(30));
    if (result.exit() != 0) {
      throw new IOException("netlab " + String.join(" ", arguments) + ": " + result.all());
    }
  }

  /// Starts a program in a site's namespace; its output goes to `<name>.log`.
  Proc start(String site, String name, Map<String, String> environment, List<String> command)
      throws IOException {
    Proc proc =
        Proc.start(builder(site, environment, command), folder.resolve(name + ".log"), name);
    running.add(proc);
    return proc;
  }

  /// Runs a program in a site's namespace to its end.
  Result run(String site, Duration limit, Map<String, String> environment, List<String> command)
      throws Exception {
    return Proc.run(builder(site, environment, command), limit);
  }

  Result run(String site, Duration limit, String... command) throws Exception {
    return run(site, limit, Map.of(), List.of(command));
  }

  /// Starts a `weft` process, such as a daemon.
  Proc startWeft(String site, String name, String... arguments) throws IOException {
    return start(site, name, weftEnvironment(), weftCommand(arguments));
  }

  /// Runs a `weft` command to its end.
  Result weft(String site, String... arguments) throws Exception {
    return run(site, Duration.ofSeconds(60), weftEnvironment(), weftCommand(arguments));
  }

  @Override
  public void close() throws IOException {
    try {
      for (Proc proc : running.reversed()) {
        proc.stop();
      }
      netlab("down");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ProcessBuilder builder(
      String site, Map<String, String> environment, List<String> command) {
    List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", prefix + "-" + site));
    whole.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(whole);
    builder.environment().putAll(environment);
    return builder;
  }

  static Map<String, String> weftEnvironment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("WEFT_HOME", home().toString());
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    return environment;
  }

  static List<String> weftCommand(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(ROOT.resolve("bin/lib/run").toString());
    command.addAll(List.of(arguments));
    return command;
  }

  static void deleteTree(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> all = Files.walk(path)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  /// What a finished program left.
  record Result(int exit, String out, String err) {
    String all() {
      return "exit " + exit + "\n" + out + err;
    }
  }

  /// A process of the lab.
  static final class Proc {
    private final Process process;
    private final Path log;
    private final String name;

    private Proc(Process process, Path log, String name) {
      this.process = process;
      this.log = log;
      this.name = name;
    }

    static Proc start(ProcessBuilder builder, Path log, String name) throws IOException {
      builder
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
      return new Proc(builder.start(), log, name);
    }

    static Result run(ProcessBuilder builder, Duration limit)
        throws IOException, InterruptedException {
      Path out = Files.createTempFile("weft-out", null);
      Path err = Files.createTempFile("weft-err", null);
      try {
        Process process =
            builder
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .start();
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
          process.destroyForcibly().waitFor();
          throw new AssertionError(
              "not done within "
                  + limit.toSeconds()
                  + " s: "
                  + String.join(" ", builder.command())
                  + "\n"
                  + Files.readString(out)
                  + Files.readString(err));
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    }

    String log() throws IOException {
      return Files.readString(log);
    }

    long pid() {
      return process.pid();
    }

    boolean isAlive() {
      return process.isAlive();
    }

    /// Waits until the log holds the text; fails early when the process ends.
    void awaitLog(String text, Duration limit) throws Exception {
      Await.until(
          name + " prints '" + text + "'; it printed:\n" + tail(),
          limit,
          () -> {
            boolean there = log().contains(text);
            if (!there && !process.isAlive()) {
              throw new AssertionError(
                  name + " ended with " + process.exitValue() + ":\n" + tail());
            }
            return there;
          });
    }

    int awaitExit(Duration limit) throws Exception {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(
            name + " still runs after " + limit.toSeconds() + " s:\n" + tail());
      }
      return process.exitValue();
    }

    /// Asks it to end (SIGTERM), then makes it.
    void stop() throws InterruptedException {
      process.destroy();
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        kill();
      }
    }

    /// SIGKILL.
    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    void signal(String signal) throws Exception {
      run(
          new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())),
          Duration.ofSeconds(5));
    }

    private String tail() {
      try {
        String all = log();
        return all.substring(Math.max(0, all.length() - 4000));
      } catch (IOException e) {
        return "(no log: " + e.getMessage() + ")";
      }
    }
  }
}

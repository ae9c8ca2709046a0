package dev.weft.relay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// A relay in a process of its own, with a limit on its descriptors.
final class RelayProcess implements AutoCloseable {
  private final Process process;
  private final InetSocketAddress address;

  private RelayProcess(Process process, InetSocketAddress address) {
    this.process = process;
    this.address = address;
  }

  /// What the process runs.
  public static void main(String[] args) {
    System.exit(RelayCommand.run(List.of(args), System.out, System.err));
  }

  static RelayProcess start(Path stateDir, int descriptors) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -n " + descriptors + " && exec \"$0\" \"$@\"",
                java,
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-XX:MaxDirectMemorySize=256m",
                "-Dio.netty.allocator.numDirectArenas=1",
                "-Dio.netty.allocator.numHeapArenas=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                RelayProcess.class.getName(),
                "--listen=127.0.0.1:0",
                "--stun=127.0.0.1:0",
                "--hostname=127.0.0.1",
                "--statedir=" + stateDir)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    if (line == null || !line.startsWith("Relay listens on ")) {
      process.destroyForcibly();
      throw new IOException("the relay did not start: " + line);
    }
    int port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
    return new RelayProcess(process, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /// Launchers of tests may have the class path in a class loader alone.
  private static String classPath() {
    return RelayProcess.class.getClassLoader() instanceof URLClassLoader loader
        ? Arrays.stream(loader.getURLs()).map(URL::getPath).collect(Collectors.joining(":"))
        : System.getProperty("java.class.path");
  }

  InetSocketAddress address() {
    return address;
  }

  Duration cpu() {
    return process.toHandle().info().totalCpuDuration().orElseThrow();
  }

  /// Memory of the process that is in use, code and libraries included.
  long residentKilobytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    process.destroy();
    process
        .onExit()
        .orTimeout(10, TimeUnit.SECONDS)
        .exceptionally(_ -> process.destroyForcibly())
        .join();
  }
}

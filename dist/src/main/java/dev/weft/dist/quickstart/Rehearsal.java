package dev.weft.dist.quickstart;

import dev.weft.runtime.DaemonCommand;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs a whole quickstart on loopback and ends: so that JVMs that record which classes a run needs
/// (JEP 514, `-XX:AOTCacheOutput`) see them.
///
/// `java … dev.weft.dist.quickstart.Rehearsal FOLDER DAEMON… -- COMMAND…`: the folder is for state
/// and may be thrown away. The control plane, the relay and one node run in this process. The node
/// that serves is started with DAEMON, so that a recording of it holds what a node needs and
/// nothing of the servers: a JVM keeps all of its cache in memory. COMMAND is run with that node's
/// socket once it serves.
public final class Rehearsal {
  private static final long RECORDING_SECONDS = 60;

  private final Path folder;
  private final List<String> daemon;
  private final List<String> command;
  private @Nullable Process serving;

  private Rehearsal(Path folder, List<String> daemon, List<String> command) {
    this.folder = folder;
    this.daemon = daemon;
    this.command = command;
  }

  public static void main(String[] arguments) throws Exception {
    List<String> rest = List.of(arguments).subList(1, arguments.length);
    int end = rest.indexOf("--");
    Rehearsal rehearsal =
        new Rehearsal(
            Path.of(arguments[0]).toAbsolutePath(),
            rest.subList(0, end),
            rest.subList(end + 1, rest.size()));
    // Not halted: the recording is written by an orderly exit.
    System.exit(rehearsal.run());
  }

  private int run() throws Exception {
    PrintStream silent = new PrintStream(OutputStream.nullOutputStream());
    QuickstartSettings settings =
        new QuickstartSettings(folder, InetAddress.getLoopbackAddress(), freePorts(), false);
    try {
      new Quickstart(settings, this::launch, silent, System.err)
          .start(StateFolder.open(folder, false), new Teardown(_ -> {}));
      return runCommand();
    } catch (QuickstartException e) {
      System.err.println("rehearsal: " + e.getMessage());
      return 1;
    } finally {
      endServing();
    }
  }

  private int runCommand() throws Exception {
    List<String> whole = new ArrayList<>(command);
    whole.add(folder.resolve("laptop").resolve("weft.sock").toString());
    return new ProcessBuilder(whole).inheritIO().start().waitFor();
  }

  private AutoCloseable launch(
      String name, List<String> arguments, Path log, Consumer<String> notices) throws IOException {
    if (name.equals("laptop")) {
      List<String> whole = new ArrayList<>(daemon);
      whole.addAll(arguments);
      serving = new ProcessBuilder(whole).inheritIO().start();
    } else {
      PrintStream silent = new PrintStream(OutputStream.nullOutputStream());
      List<String> flags = arguments.subList(1, arguments.size());
      Thread.ofPlatform()
          .daemon()
          .name(name)
          .start(() -> DaemonCommand.run(flags, silent, System.err));
    }
    return () -> {};
  }

  /// Asked to end, the node writes its recording.
  private void endServing() throws InterruptedException {
    Process ending = serving;
    if (ending != null) {
      ending.destroy();
      if (!ending.waitFor(RECORDING_SECONDS, TimeUnit.SECONDS)) {
        ending.destroyForcibly();
      }
    }
  }

  private static QuickstartSettings.Ports freePorts() throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return new QuickstartSettings.Ports(
          held.get(0).getLocalPort(),
          held.get(1).getLocalPort(),
          held.get(2).getLocalPort(),
          held.get(3).getLocalPort());
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
  }
}

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
import java.util.function.Consumer;

/// Runs a whole quickstart in one process, on loopback, and ends: so that a JVM that records which
/// classes a run needs (JEP 514, `-XX:AOTCacheOutput`) sees those of every command.
///
/// `java … dev.weft.dist.quickstart.Rehearsal FOLDER`; the folder is for state and may be thrown
/// away.
public final class Rehearsal {
  private Rehearsal() {}

  public static void main(String[] arguments) throws Exception {
    PrintStream silent = new PrintStream(OutputStream.nullOutputStream());
    Path folder = Path.of(arguments[0]).toAbsolutePath();
    QuickstartSettings settings =
        new QuickstartSettings(folder, InetAddress.getLoopbackAddress(), freePorts(), false);
    Teardown teardown = new Teardown(_ -> {});
    int exit = 0;
    try {
      new Quickstart(settings, Rehearsal::launchInside, silent, System.err)
          .start(StateFolder.open(folder, false), teardown);
      exit = runCommand(List.of(arguments).subList(1, arguments.length), folder);
    } catch (QuickstartException e) {
      System.err.println("rehearsal: " + e.getMessage());
      exit = 1;
    }
    // Not halted: the recording is written by an orderly exit.
    System.exit(exit);
  }

  private static int runCommand(List<String> command, Path folder) throws Exception {
    if (command.isEmpty()) {
      return 0;
    }
    List<String> whole = new ArrayList<>(command);
    whole.add(folder.resolve("laptop").resolve("weft.sock").toString());
    return new ProcessBuilder(whole).inheritIO().start().waitFor();
  }

  private static AutoCloseable launchInside(
      String name, List<String> arguments, Path log, Consumer<String> notices) {
    PrintStream silent = new PrintStream(OutputStream.nullOutputStream());
    List<String> flags = arguments.subList(1, arguments.size());
    Thread.ofPlatform()
        .daemon()
        .name(name)
        .start(() -> DaemonCommand.run(flags, silent, System.err));
    return () -> {};
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

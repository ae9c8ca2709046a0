package dev.weft.runtime;

import dev.weft.config.ConfigException;
import dev.weft.config.Settings;
import dev.weft.node.spi.NodeService;
import dev.weft.runtime.host.ReclaimablePages;
import dev.weft.runtime.state.StateException;
import dev.weft.transport.supervise.Supervisor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/// `weft daemon`: a node that runs until it is told to stop.
public final class DaemonCommand {
  private static final String COMMAND = "weft daemon: ";

  private DaemonCommand() {}

  /// Runs a node until SIGTERM, SIGINT, or `shutdown` on its socket.
  ///
  /// @return the exit code: 0 after a clean stop, 1 when the node cannot start, 2 when the settings
  ///   are wrong
  public static int run(List<String> args, PrintStream out, PrintStream err) {
    return run(args, System.getenv(), out, err);
  }

  static int run(
      List<String> args, Map<String, String> environment, PrintStream out, PrintStream err) {
    Settings settings;
    NodeSettings node;
    try {
      settings = Settings.load(DaemonFlags.SCHEMA, args, environment);
      if (settings.helpRequested()) {
        out.print(DaemonFlags.SCHEMA.usage());
        return 0;
      }
      if (settings.value(DaemonFlags.VERSION)) {
        out.println(Version.LONG);
        return 0;
      }
      node = DaemonFlags.node(settings, environment, List.of());
    } catch (ConfigException e) {
      err.println(e.getMessage());
      return 2;
    }
    LogLevel.apply(settings.value(DaemonFlags.VERBOSE));
    List<NodeService> services =
        ServiceLoader.load(NodeService.class).stream().map(ServiceLoader.Provider::get).toList();
    return serve(node.withServices(services), Supervisor.of(environment), err);
  }

  private static int serve(NodeSettings settings, Supervisor supervisor, PrintStream err) {
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Thread onSignal =
        new Thread(
            () -> {
              supervisor.stopping();
              stop.countDown();
              awaitQuietly(stopped); // the JVM halts when its hooks have ended
            },
            "weft-signal");
    try (Node node = Node.start(settings, stop::countDown)) {
      Runtime.getRuntime().addShutdownHook(onSignal);
      // Not a static logger: its level is a setting.
      LoggerFactory.getLogger(DaemonCommand.class)
          .info("weft {} started, UDP port {}", Version.LONG, node.udpPort());
      node.supervise(supervisor);
      awaitStop(stop);
    } catch (StateException e) {
      err.println(COMMAND + e.getMessage());
      if (!e.isDamage() || settings.socket().isEmpty()) {
        return 1;
      }
      Path socket = settings.socket().get();
      String reason = String.valueOf(e.getMessage());
      try (UnhealthyNode node = UnhealthyNode.start(socket, reason, stop::countDown)) {
        Runtime.getRuntime().addShutdownHook(onSignal);
        node.supervise(supervisor);
        stop.await();
      } catch (IOException problem) {
        err.println(COMMAND + problem.getMessage());
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      return 1;
    } catch (IOException e) {
      err.println(COMMAND + e.getMessage());
      return 1;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      supervisor.close();
      stopped.countDown();
    }
    return 0;
  }

  private static void awaitStop(CountDownLatch stop) throws InterruptedException {
    RestingMemory memory = new RestingMemory(ReclaimablePages::release);
    while (!stop.await(RestingMemory.INTERVAL.toSeconds(), TimeUnit.SECONDS)) {
      ProcessHandle.current().info().totalCpuDuration().ifPresent(memory::elapsed);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

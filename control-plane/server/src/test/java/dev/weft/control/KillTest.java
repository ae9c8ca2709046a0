package dev.weft.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Entropy;
import dev.weft.control.tailnet.Tailnet;
import dev.weft.keys.MachineKey;
import dev.weft.tailcfg.RegisterResponse;
import dev.weft.testkit.SeededEntropy;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server in a process of its own, killed while nodes register.
@Timeout(120)
final class KillTest {
  private static final int ROUNDS = 3;
  private static final int ANSWERED_BEFORE_KILL = 15;

  @TempDir Path dir;
  private final Entropy entropy = new SeededEntropy(21)::fill;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void whatWasAcknowledgedIsThereHoweverTheServerDies() throws Exception {
    List<TestNode> acknowledged = new ArrayList<>();
    String key = createKey();
    for (int round = 0; round < ROUNDS; round++) {
      acknowledged.addAll(registerUntilKilled(key));
    }
    assertTrue(acknowledged.size() >= ROUNDS * ANSWERED_BEFORE_KILL);
    try (ControlServer server = ControlServer.start(ControlServerTest.settings(dir))) {
      for (TestNode node : acknowledged) {
        try (TestNode again =
            TestNode.connect(
                loops, server.address(), server.publicKey(), node.machine, node.nodeKey, entropy)) {
          RegisterResponse response = again.register(again.registerRequest("n").build());
          assertTrue(response.machineAuthorized(), () -> "lost: " + node.nodeKey);
        }
      }
    }
  }

  private String createKey() throws IOException {
    try (ControlServer server = ControlServer.start(ControlServerTest.settings(dir))) {
      server.ensureUser("ann");
      return server.createAuthKey(new Tailnet.AuthKeySpec("ann", true, false, List.of(), null));
    }
  }

  /// Requests are in flight when the kill comes: some answered, some not.
  private List<TestNode> registerUntilKilled(String key) throws Exception {
    Process process = startServer();
    CountDownLatch enough = new CountDownLatch(ANSWERED_BEFORE_KILL);
    List<TestNode> nodes = new ArrayList<>();
    List<CompletableFuture<RegisterResponse>> answers = new ArrayList<>();
    try (BufferedReader out = process.inputReader(UTF_8)) {
      List<String> words = List.of(out.readLine().split(" ", 2));
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(words.get(0)));
      for (int i = 0; i < 2 * ANSWERED_BEFORE_KILL; i++) {
        nodes.add(TestNode.connect(loops, address, MachineKey.parse(words.get(1)), entropy));
      }
      for (TestNode node : nodes) {
        CompletableFuture<RegisterResponse> answer = node.registerLater(node.requestWith(key, "n"));
        answers.add(answer.whenComplete((_, _) -> enough.countDown()));
      }
      assertTrue(enough.await(30, TimeUnit.SECONDS));
    } finally {
      process.destroyForcibly().waitFor();
    }
    List<TestNode> acknowledged = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      if (isAuthorized(answers.get(i))) {
        acknowledged.add(nodes.get(i));
      }
      nodes.get(i).close();
    }
    return acknowledged;
  }

  private static boolean isAuthorized(CompletableFuture<RegisterResponse> answer) throws Exception {
    try {
      return answer.get(20, TimeUnit.SECONDS).machineAuthorized();
    } catch (ExecutionException _) {
      return false; // not answered before the kill: either outcome is right
    }
  }

  private Process startServer() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath(),
            Server.class.getName(),
            dir.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /// Some test runners load the tests from a class path of their own.
  private static String classPath() {
    return KillTest.class.getClassLoader() instanceof URLClassLoader loader
        ? Arrays.stream(loader.getURLs())
            .map(url -> Path.of(URI.create(url.toString())).toString())
            .collect(Collectors.joining(File.pathSeparator))
        : System.getProperty("java.class.path");
  }

  /// The child process: prints port and key, and serves until it is killed.
  static final class Server {
    private Server() {}

    public static void main(String[] args) throws Exception {
      ControlServer server = ControlServer.start(ControlServerTest.settings(Path.of(args[0])));
      System.out.println(server.address().getPort() + " " + server.publicKey());
      new CountDownLatch(1).await();
    }
  }
}

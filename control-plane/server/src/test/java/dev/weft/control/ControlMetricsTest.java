package dev.weft.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Entropy;
import dev.weft.control.tailnet.Tailnet;
import dev.weft.testkit.SeededEntropy;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What monitoring gets.
@Timeout(60)
final class ControlMetricsTest {
  @TempDir Path dir;
  private final Entropy entropy = new SeededEntropy(14)::fill;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void monitoringSeesNodesStreamsAndRegistrations() throws Exception {
    try (ControlServer server = ControlServer.start(settings());
        TestNode node = TestNode.connect(loops, server.address(), server.publicKey(), entropy)) {
      server.ensureUser("ann");
      String key =
          server.createAuthKey(new Tailnet.AuthKeySpec("ann", true, false, List.of(), null));
      node.register("laptop", key);
      try (TestNode.MapStream stream = node.stream()) {
        stream.next();
        String text = get(server, "/metrics");
        assertTrue(text.contains("weft_control_nodes{state=\"online\"} 1.0"), text);
        assertTrue(text.contains("weft_control_nodes{state=\"expired\"} 0.0"), text);
        assertTrue(text.contains("weft_control_map_streams 1.0"), text);
        assertTrue(
            text.contains("weft_control_registrations_total{outcome=\"accepted\"} 1.0"), text);
        assertTrue(text.contains("weft_control_map_messages_total 1.0"), text);
        assertTrue(text.contains("weft_control_commit_seconds_count"), text);
        assertFalse(text.contains("laptop"), text);
        assertFalse(text.contains("100.64."), text);
      }
    }
  }

  @Test
  void thePortHasNothingElse() throws Exception {
    try (ControlServer server = ControlServer.start(settings())) {
      assertTrue(get(server, "/key").startsWith("not found"));
      assertTrue(get(server, "/ts2021").startsWith("not found"));
      assertEquals(404, status(server.address(), "/metrics"));
    }
  }

  private ControlSettings settings() {
    ControlSettings plain = ControlServerTest.settings(dir.resolve("state"));
    return ControlSettings.builder()
        .stateDir(plain.stateDir())
        .listen(plain.listen())
        .url(plain.url())
        .domain(plain.domain())
        .derpMap(plain.derpMap())
        .metrics(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .build();
  }

  private static String get(ControlServer server, String path) throws IOException {
    int port = server.metricsAddress().orElseThrow().getPort();
    HttpURLConnection connection =
        (HttpURLConnection) URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
    if (connection.getResponseCode() == 404) {
      return new String(connection.getErrorStream().readAllBytes(), UTF_8);
    }
    return new String(connection.getInputStream().readAllBytes(), UTF_8);
  }

  private static int status(InetSocketAddress address, String path) throws IOException {
    return ((HttpURLConnection)
            URI.create("http://127.0.0.1:" + address.getPort() + path).toURL().openConnection())
        .getResponseCode();
  }
}

package dev.weft.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.control.ControlServer;
import dev.weft.control.ControlSettings;
import dev.weft.control.tailnet.Tailnet;
import dev.weft.json.Json;
import dev.weft.tailcfg.DerpMap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Small loads on a real control plane.
final class LoadCommandTest {
  /// Nobody connects to it.
  private static final String RELAY =
      """
      {"Regions":{"900":{"RegionID":900,"RegionCode":"lab","RegionName":"Lab",
        "Nodes":[{"Name":"lab","RegionID":900,"HostName":"127.0.0.1"}]}}}
      """;

  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private ControlServer control;
  private String url;

  @BeforeEach
  void start() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    url = "http://127.0.0.1:" + port;
    control =
        ControlServer.start(
            ControlSettings.builder()
                .stateDir(folder.resolve("control"))
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .url(URI.create(url))
                .domain("home.weft")
                .derpMap(Json.decode(DerpMap.JSON, RELAY))
                .build());
    control.ensureUser("alice");
  }

  @AfterEach
  void stop() {
    control.close();
  }

  @Test
  void everyNodeIsToldOfEveryChange() {
    String pid = Long.toString(ProcessHandle.current().pid());
    int status =
        run(
            authKey(),
            "--nodes=6",
            "--changes=12",
            "--warm-up=3",
            "--rate=100",
            "--quiet=200ms",
            "--server-pid=" + pid);
    assertEquals(0, status, () -> out.toString(UTF_8) + err.toString(UTF_8));
    assertEquals(0, figure("not_told"));
    assertEquals(0, figure("streams_lost"));
    assertTrue(figure("told_p99") > 0 && figure("told_p50") <= figure("told_p99"));
    assertTrue(figure("join_map_bytes") > 0 && figure("rss_end") > 0);
  }

  @Test
  void nodesOfTheChurnAreGoneWhenTheyLeave() {
    int status = run(authKey(), "--load=churn", "--nodes=3", "--rate=20", "--length=1s");
    assertEquals(0, status, () -> out.toString(UTF_8) + err.toString(UTF_8));
    String last = out.toString(UTF_8).lines().toList().getLast();
    assertTrue(last.contains("failed 0, streams lost 0"), last);
    assertFalse(last.contains("left 0"), last);
  }

  @Test
  void aKeyThatIsRefusedIsSaidAndNotShown() {
    assertEquals(1, run("not-a-key", "--nodes=2", "--quiet=10ms"));
    assertTrue(err.toString(UTF_8).startsWith("weft-load: node "), err.toString(UTF_8));
    assertFalse(err.toString(UTF_8).contains("not-a-key"));
  }

  private String authKey() {
    return control.createAuthKey(new Tailnet.AuthKeySpec("alice", true, false, List.of(), null));
  }

  private int run(String key, String... flags) {
    List<String> all = new ArrayList<>(List.of("--server=" + url));
    all.addAll(List.of(flags));
    return LoadCommand.run(
        all,
        Map.of("WEFT_LOAD_AUTH_KEY", key),
        new PrintStream(out, true, UTF_8),
        new PrintStream(err, true, UTF_8));
  }

  private double figure(String name) {
    return out.toString(UTF_8)
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(
            line -> Double.parseDouble(line.substring(name.length()).strip().split(" ", 2)[0]))
        .findFirst()
        .orElseThrow();
  }
}

package dev.weft.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Endpoint;
import dev.weft.config.Settings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DaemonFlagsTest {
  private static NodeSettings node(Map<String, String> environment, String... args) {
    return DaemonFlags.node(
        Settings.load(DaemonFlags.SCHEMA, List.of(args), environment), environment, List.of());
  }

  private static InetSocketAddress loopback(int port) {
    return Endpoint.parse("127.0.0.1:" + port).toSocketAddress();
  }

  @Test
  void theFlagsOfTheOriginalDaemonAreUnderstood() {
    NodeSettings node =
        node(
            Map.of(),
            "--statedir=/var/lib/x",
            "-socket",
            "/run/x.sock",
            "--port=41641",
            "--tun=userspace-networking",
            "--socks5-server=127.0.0.1:1055",
            "--outbound-http-proxy-listen=:1056",
            "--no-logs-no-support");
    assertEquals(Optional.of(Path.of("/var/lib/x/weft.state")), node.stateFile());
    assertEquals(Optional.of(Path.of("/run/x.sock")), node.socket());
    assertEquals(41641, node.port());
    assertEquals(Optional.of(loopback(1055)), node.socks5());
    assertEquals(Optional.of(loopback(1056)), node.httpProxy());
  }

  @Test
  void theExampleFileIsRight() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("config/examples/daemon.hujson"))) {
      at = at.getParent();
    }
    String file = at.resolve("config/examples/daemon.hujson").toString();

    NodeSettings node = node(Map.of(), "--config", file);

    assertEquals(Optional.of(Path.of("/run/weft/weft.sock")), node.socket());
    assertEquals(41641, node.port());
  }

  @Test
  void theEnvironmentOfTheOriginalsContainerIsUnderstood() {
    NodeSettings node =
        node(Map.of("TS_AUTHKEY", "k", "TS_STATE_DIR", "/s", "TS_SOCKS5_SERVER", "127.0.0.1:1"));
    assertEquals("k", node.authKey());
    assertEquals(Optional.of(Path.of("/s/weft.state")), node.stateFile());
    assertFalse(node.toString().contains("k]"));
  }

  @Test
  void aStateInMemoryIsNoFile() {
    assertTrue(node(Map.of(), "--state=mem:").stateFile().isEmpty());
    assertEquals(
        Optional.of(Path.of("/a/b.state")), node(Map.of(), "--state=/a/b.state").stateFile());
  }

  @Test
  void rootHasTheSystemsFoldersAndOthersTheirOwn() {
    assertEquals(
        new DefaultPaths(Path.of("/var/lib/weft"), Path.of("/run/weft/weft.sock")),
        DefaultPaths.of(Map.of(), "root", "/root"));
    assertEquals(
        new DefaultPaths(
            Path.of("/h/.local/state/weft"), Path.of("/h/.local/state/weft/weft.sock")),
        DefaultPaths.of(Map.of(), "u", "/h"));
    assertEquals(
        new DefaultPaths(Path.of("/s/weft"), Path.of("/r/weft.sock")),
        DefaultPaths.of(Map.of("XDG_STATE_HOME", "/s", "XDG_RUNTIME_DIR", "/r"), "u", "/h"));
  }

  @Test
  void whatIsMissingIsRefusedWithAReason() {
    assertEquals(
        "flag --tun: tun: this version of Weft has no TUN device; use userspace-networking\n",
        complaint(2, "--tun=tailscale0"));
    assertEquals(
        "flag --state: state: only a file or mem: can be used, not arn:\n",
        complaint(2, "--state=arn:aws:ssm:x"));
  }

  private static String complaint(int exitCode, String... args) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    assertEquals(exitCode, DaemonCommand.run(List.of(args), Map.of(), System.out, stream));
    return err.toString(StandardCharsets.UTF_8);
  }
}

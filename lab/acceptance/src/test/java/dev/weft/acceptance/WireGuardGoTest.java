package dev.weft.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.acceptance.Lab.Proc;
import dev.weft.acceptance.Lab.Result;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Our WireGuard and TCP against wireguard-go and the kernel's TCP.
///
/// wireguard-go is at site a (10.8.0.1), ours at site b (10.8.0.2). With `--soak` a gibibyte goes
/// each way instead of 64 MiB, and the traffic goes on until keys were renewed twice.
@Timeout(1800)
final class WireGuardGoTest {
  private static final int SOAK = Integer.getInteger("weft.soak", 1);
  private static final long BYTES = SOAK > 1 ? 1L << 30 : 64L << 20;
  private static final String THEIRS = "10.8.0.1";
  private static final String OURS = "10.8.0.2";
  private static final String DEVICE = "wg0";
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final NodePrivateKey theirKey = NodePrivateKey.generate(new SecureRandom()::nextBytes);
  private final NodePrivateKey ourKey = NodePrivateKey.generate(new SecureRandom()::nextBytes);
  private Lab lab;

  @BeforeEach
  void up() throws Exception {
    Peers.require("wireguard-go");
    Peers.require("wg");
    Peers.require("python3");
    lab = Lab.up("wireguard-go", "a=public", "b=public", "c=public");
    startTheirs();
  }

  @AfterEach
  void down() throws Exception {
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void itInitiatesAndBytesGoBothWaysEqual() throws Exception {
    Proc ours = startOurs();
    assertEquals("equal", fromTheirs("push", BYTES, 1));
    assertEquals("equal", fromTheirs("pull", BYTES, 2));
    assertTrue(ours.log().contains("initiator=false"), ours.log());
  }

  @Test
  void weInitiateAndBytesGoBothWaysEqual() throws Exception {
    startBulkServer();
    String bytes = Long.toString(BYTES);
    Proc ours = startOurs("push", bytes, "3", "pull", bytes, "4");
    ours.awaitLog("push equal in ", PATIENCE);
    ours.awaitLog("pull equal in ", PATIENCE);
    assertTrue(ours.log().contains("initiator=true"), ours.log());
  }

  /// Whoever initiated renews the keys after two minutes, while traffic runs.
  @Test
  void keysAreRenewedUnderLoad() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(SOAK > 1, "takes five minutes a side: --soak");
    Proc ours = startOurs();
    long end = System.nanoTime() + Duration.ofSeconds(260).toNanos();
    long round = 0;
    while (System.nanoTime() < end) {
      assertEquals("equal", fromTheirs(round % 2 == 0 ? "push" : "pull", BYTES / 4, round));
      round++;
    }
    assertTrue(sessions(ours) >= 3, ours.log());
    ours.stop();

    startBulkServer();
    List<String> work = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      work.addAll(List.of(i % 2 == 0 ? "push" : "pull", Long.toString(BYTES / 4), "" + i));
    }
    Proc again = startOurs(work.toArray(String[]::new));
    Await.until("three sessions", Duration.ofMinutes(5), () -> sessions(again) >= 3);
    long outcomes = again.log().lines().filter(line -> line.contains(" in ")).count();
    long equal = again.log().lines().filter(line -> line.contains(" equal in ")).count();
    assertTrue(equal > 5, again.log());
    assertEquals(outcomes, equal, again.log());
  }

  @Test
  void duringAFloodOfHandshakesItStillGetsAnAnswerAtOnce() throws Exception {
    startOurs();
    Proc flood = startFlood(6);
    long start = System.nanoTime();
    assertEquals("equal", fromTheirs("pull", 1000, 5));
    assertDone(start);
    assertEquals(0, flood.awaitExit(Duration.ofSeconds(20)));
    assertAnswersAreSmall(flood.log());
  }

  @Test
  void duringAFloodOfHandshakesWeStillReachIt() throws Exception {
    startBulkServer();
    Proc ours = startOurs(); // under attack before it has anything to say
    Proc flood = startFlood(8);
    ours.stop();
    long start = System.nanoTime();
    Proc again = startOurs("push", "1000", "6");
    again.awaitLog("push equal in ", Duration.ofSeconds(20));
    Matcher took = Pattern.compile("push equal in (\\d+) ms").matcher(again.log());
    assertTrue(took.find() && Integer.parseInt(took.group(1)) < 2000, again.log());
    assertTrue(System.nanoTime() - start < Duration.ofSeconds(20).toNanos());
    assertEquals(0, flood.awaitExit(Duration.ofSeconds(20)));
  }

  private static void assertDone(long start) {
    long millis = (System.nanoTime() - start) / 1_000_000;
    // Two seconds, and what it takes to start a JVM for the client.
    assertTrue(millis < 3500, millis + " ms");
  }

  private static void assertAnswersAreSmall(String log) {
    Matcher told = Pattern.compile("sent (\\d+) answers (\\d+) largest (\\d+)").matcher(log);
    assertTrue(told.find(), log);
    int sent = Integer.parseInt(told.group(1));
    int answers = Integer.parseInt(told.group(2));
    int largest = Integer.parseInt(told.group(3));
    assertTrue(sent >= 2000 * 3, log);
    assertTrue(answers > sent / 2 && answers <= sent, "cookies for most, nothing twice: " + log);
    assertEquals(64, largest, "a cookie reply; the initiation has 148");
  }

  private Proc startFlood(int seconds) throws Exception {
    lab.run("c", PATIENCE, "ip", "route", "add", "local", "10.99.0.0/16", "dev", "lo");
    lab.run("b", PATIENCE, "ip", "route", "add", "10.99.0.0/16", "via", "10.77.0.103");
    Path script = Path.of("src/test/resources/handshake-flood.py").toAbsolutePath();
    Proc flood =
        lab.start(
            "c",
            "flood",
            Map.of(),
            List.of(
                "python3",
                script.toString(),
                HexFormat.of().formatHex(ourKey.publicKey().raw().toArray()),
                "10.77.0.102",
                "51820",
                "2000",
                Integer.toString(seconds)));
    flood.awaitLog("flooding", Duration.ofSeconds(10));
    return flood;
  }

  private void startTheirs() throws Exception {
    lab.start(
        "a",
        "wireguard-go",
        Map.of("WG_PROCESS_FOREGROUND", "1", "LOG_LEVEL", "error"),
        List.of(Peers.require("wireguard-go").toString(), "-f", DEVICE));
    Await.until(
        "wireguard-go listens",
        Duration.ofSeconds(10),
        () -> runAt("a", "wg", "show", DEVICE) == 0);
    Path key = lab.folder("keys").resolve("theirs");
    String text = theirKey.toPrivateText();
    byte[] raw = HexFormat.of().parseHex(text.substring(text.indexOf(':') + 1));
    Files.writeString(key, Base64.getEncoder().encodeToString(raw));
    requireAt(
        "wg set wg0 listen-port 51820 private-key "
            + key
            + " peer "
            + base64(ourKey.publicKey())
            + " endpoint 10.77.0.102:51820 allowed-ips 10.8.0.2/32");
    requireAt("ip addr add 10.8.0.1/24 dev wg0");
    requireAt("ip link set wg0 mtu 1280 up");
  }

  private static String base64(NodeKey key) {
    return Base64.getEncoder().encodeToString(key.raw().toArray());
  }

  private void requireAt(String command) throws Exception {
    Result result = lab.run("a", PATIENCE, command.split(" ", -1));
    assertEquals(0, result.exit(), command + ": " + result.all());
  }

  private int runAt(String site, String... command) throws Exception {
    return lab.run(site, PATIENCE, command).exit();
  }

  private Proc startOurs(String... work) throws Exception {
    Path key = lab.folder("keys").resolve("ours");
    Files.writeString(key, ourKey.toPrivateText());
    List<String> command = java("WireGuardNode");
    command.addAll(
        List.of(
            key.toString(),
            theirKey.publicKey().toString(),
            "10.77.0.102",
            "10.77.0.101:51820",
            OURS,
            THEIRS));
    command.addAll(List.of(work));
    Path log = lab.folder("").resolve("ours.log");
    Files.deleteIfExists(log);
    Proc ours = lab.start("b", "ours", Map.of(), command);
    ours.awaitLog("ready", Duration.ofSeconds(30));
    return ours;
  }

  private void startBulkServer() throws Exception {
    List<String> command = java("BulkServer");
    command.add("serve");
    lab.start("a", "bulk-server", Map.of(), command).awaitLog("ready", Duration.ofSeconds(30));
  }

  private String fromTheirs(String way, long bytes, long seed) throws Exception {
    List<String> command = java("BulkServer");
    command.addAll(List.of(way, Long.toString(bytes), Long.toString(seed), OURS));
    Result result = lab.run("a", PATIENCE, Map.of(), command);
    assertEquals(0, result.exit(), result.all());
    return result.out().trim();
  }

  private static long sessions(Proc ours) throws Exception {
    return ours.log().lines().filter(line -> line.startsWith("SessionEstablished")).count();
  }

  private static List<String> java(String program) {
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx160m",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "dev.weft.acceptance." + program));
  }
}

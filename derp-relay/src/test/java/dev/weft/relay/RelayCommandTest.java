package dev.weft.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.json.Json;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DerpNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelayCommandTest {
  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void itPrintsAMapThatPinsItsCertificate() throws Exception {
    assertEquals(0, run("--hostname", "127.0.0.1"));

    String[] lines = text(out).split("\n", -1);
    DerpMap map = Json.decode(DerpMap.JSON, lines[3]);
    DerpNode node = map.regions().get(900).nodes().getFirst();
    assertTrue(map.omitDefaultRegions());
    assertEquals("127.0.0.1", node.hostName());
    assertTrue(node.certName().matches("sha256-raw:[0-9a-f]{64}"), node.certName());
    assertEquals("127.0.0.1", node.ipv4());
    assertEquals("none", node.ipv6());
    assertTrue(node.derpPort() > 0 && node.stunPort() > 0);
    assertFalse(node.insecureForTests());
    assertTrue(lines[4].contains("from 1.82 on"), lines[4]);
  }

  @Test
  void aGivenCertificateIsUsedByName() throws Exception {
    Path certDir = Files.createDirectory(folder.resolve("certs"));
    SelfSigned made = SelfSigned.forHost("relay.example", Instant.now());
    Files.writeString(certDir.resolve("relay.example.crt"), made.certificatePem());
    Files.writeString(certDir.resolve("relay.example.key"), made.keyPem());

    assertEquals(0, run("--hostname=relay.example", "--cert-dir=" + certDir));

    DerpNode node =
        Json.decode(DerpMap.JSON, text(out).split("\n", -1)[3])
            .regions()
            .get(900)
            .nodes()
            .getFirst();
    assertEquals("", node.certName());
    assertEquals("", node.ipv4());
    assertFalse(text(out).contains("1.82"), text(out));
  }

  @Test
  void aMissingCertificateIsExplainedInOneLine() {
    assertEquals(1, run("--hostname=relay.example", "--cert-dir=" + folder));

    assertEquals(1, text(err).lines().count());
    assertTrue(text(err).contains("relay.example.crt"), text(err));
  }

  @Test
  void aCertificateForAnotherHostIsRefused() throws Exception {
    SelfSigned made = SelfSigned.forHost("other.example", Instant.now());
    Files.writeString(folder.resolve("relay.example.crt"), made.certificatePem());
    Files.writeString(folder.resolve("relay.example.key"), made.keyPem());

    assertEquals(1, run("--hostname=relay.example", "--cert-dir=" + folder));
    assertTrue(text(err).contains("is not for relay.example"), text(err));
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws Exception {
    SelfSigned made = SelfSigned.forHost("relay.example", Instant.now());
    SelfSigned other = SelfSigned.forHost("relay.example", Instant.now());
    Files.writeString(folder.resolve("relay.example.crt"), made.certificatePem());
    Files.writeString(folder.resolve("relay.example.key"), other.keyPem());

    assertEquals(1, run("--hostname=relay.example", "--cert-dir=" + folder));
    assertTrue(text(err).contains("relay.example.key is not that of"), text(err));
  }

  @Test
  void aRelayKilledBetweenTheTwoFilesOfItsCertificateMakesAnother() throws Exception {
    assertEquals(0, run("--hostname=127.0.0.1"));
    String first = text(out);
    Files.writeString(
        folder.resolve("state").resolve("tls.key"),
        SelfSigned.forHost("127.0.0.1", Instant.now()).keyPem());
    out.reset();

    assertEquals(0, run("--hostname=127.0.0.1"));
    assertFalse(text(out).contains(pin(first)), "the certificate whose key is lost is not used");
    String second = text(out);
    out.reset();
    assertEquals(0, run("--hostname=127.0.0.1"));
    assertTrue(text(out).contains(pin(second)), "the new one is kept");
  }

  private static String pin(String text) {
    int at = text.indexOf("sha256-raw:");
    return text.substring(at, text.indexOf('"', at));
  }

  @Test
  void withoutAHostnameItSaysHowToGiveOne() {
    assertEquals(2, run());

    assertTrue(text(err).contains("--hostname"), text(err));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "https://relay.example", "relay.example:443", "../relay", "-x"})
  void aHostnameThatNobodyCouldLookUpIsRefused(String hostname) {
    assertEquals(2, run("--hostname=" + hostname));

    assertEquals(1, text(err).lines().count(), text(err));
    assertTrue(text(err).contains("relay.example.com"), text(err));
  }

  @Test
  void aWordThatIsNoFlagIsNamed() {
    assertEquals(2, run("--hostname=127.0.0.1", "start", "--tls=false"));

    assertEquals("weft relay takes only flags, not: start", text(err).strip());
  }

  @Test
  void helpNamesTheFlags() {
    assertEquals(0, run("--help"));

    assertTrue(text(out).contains("--cert-dir"), text(out));
    assertTrue(text(out).contains("HOST[:PORT][/ADDRESS-TO-DIAL][#sha256-raw:HASH]"), text(out));
  }

  @Test
  void theFlagsOfTheOfficialRelayAreUnderstood() throws Exception {
    Path mesh = Files.writeString(folder.resolve("mesh"), "ab".repeat(32) + "\n");
    Path rates =
        Files.writeString(folder.resolve("rates"), "{\"PerClientRateLimitBytesPerSec\": 1000000}");

    int exit =
        run(
            "--hostname=127.0.0.1",
            "-verify-client-url=http://127.0.0.1:1/verify",
            "-verify-client-url-fail-open=false",
            "-verify-clients",
            "-socket=" + folder.resolve("sock"),
            "-mesh-psk-file=" + mesh,
            "-rate-config=" + rates,
            "--http=127.0.0.1:0",
            "--metrics=127.0.0.1:0");

    assertEquals(0, exit, text(err));
    assertTrue(text(out).contains("Plain HTTP leads there from 127.0.0.1:"), text(out));
    assertTrue(text(out).contains("Metrics are at http://127.0.0.1:"), text(out));
    assertFalse(text(out).contains("abab"), "the mesh key is a secret");
  }

  @Test
  void filesThatHoldNoKeyAndNoRatesAreNamedInOneLine() throws Exception {
    Path wrong = Files.writeString(folder.resolve("wrong"), "secret");

    assertEquals(1, run("--hostname=127.0.0.1", "--mesh-psk-file=" + wrong));
    assertEquals(1, run("--hostname=127.0.0.1", "--rate-config=" + wrong));

    assertEquals(2, text(err).lines().count(), text(err));
    assertTrue(text(err).lines().allMatch(line -> line.contains(wrong.toString())), text(err));
    assertFalse(text(err).contains("secret"), text(err));
  }

  @Test
  void theOtherRelaysOfTheRegionNeedAKeyAndAName() throws Exception {
    Path mesh = Files.writeString(folder.resolve("mesh"), "ab".repeat(32));

    assertEquals(2, run("--hostname=127.0.0.1", "--mesh-with=127.0.0.2:1"));
    assertTrue(text(err).contains("needs --mesh-psk-file"), text(err));
    err.reset();
    assertEquals(
        2, run("--hostname=127.0.0.1", "--mesh-psk-file=" + mesh, "--mesh-with=https://b/"));
    assertTrue(text(err).contains("relay-b.example.com:8443/10.0.0.2"), text(err));
    err.reset();
    assertEquals(
        0,
        run("--hostname=127.0.0.1", "--mesh-psk-file=" + mesh, "--mesh-with=127.0.0.2:1/127.0.0.3"),
        text(err));
  }

  @Test
  void theExampleFileFits() {
    Path example = Path.of("../config/examples/relay.hujson");

    RelayCommand.SCHEMA.check(example);
  }

  /// Starts on free ports of loopback, and ends at once.
  private int run(String... flags) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "--listen=127.0.0.1:0",
                "--stun=127.0.0.1:0",
                "--statedir=" + folder.resolve("state")));
    args.addAll(List.of(flags));
    return RelayCommand.run(args, Map.of(), print(out), print(err), new CountDownLatch(0));
  }

  private static PrintStream print(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream from) {
    return from.toString(StandardCharsets.UTF_8);
  }
}

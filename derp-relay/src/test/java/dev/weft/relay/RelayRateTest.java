package dev.weft.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.derp.Frame;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RelayRateTest {
  private static final long SECOND = 1_000_000_000L;

  @TempDir Path folder;

  @Test
  void anAllowanceLetsABurstPassAndThenItsRate() {
    ByteAllowance allowance = new ByteAllowance(new RateConfig(100_000, 200_000), 0);

    assertEquals(0, allowance.take(0, 200_000));
    assertEquals(SECOND / 2, allowance.take(0, 50_000));
    assertEquals(0, allowance.take(SECOND / 2, 0));
    assertEquals(0, allowance.take(3 * SECOND, 200_000), "no more than a burst is saved up");
    assertEquals(SECOND, allowance.take(3 * SECOND, 100_000));
  }

  @Test
  void aBurstHoldsTheLongestPacket() {
    assertEquals(65_568, new RateConfig(1, 10).burstBytes());
    assertThrows(IllegalArgumentException.class, () -> new RateConfig(-1, 0));
  }

  @Test
  void theFileIsTheOfficialRelaysAndIsReadAgainWhenItChanges() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("rates.json"),
            "{\"PerClientRateLimitBytesPerSec\": 1000000, \"PerClientRateBurstBytes\": 2000000}");
    Rates rates = Rates.of(RelayPolicy.OPEN.withRateFile(file));
    assertEquals(new RateConfig(1_000_000, 2_000_000), rates.current());

    Files.writeString(file, "{\"PerClientRateLimitBytesPerSec\": 5}");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1));
    rates.refresh();
    assertEquals(new RateConfig(5, 65_568), rates.current());

    Files.writeString(file, "{nonsense");
    Files.setLastModifiedTime(file, FileTime.fromMillis(2));
    rates.refresh();
    assertEquals(new RateConfig(5, 65_568), rates.current());

    Files.delete(file);
    rates.refresh();
    assertEquals(new RateConfig(5, 65_568), rates.current());
  }

  @Test
  void aFileThatIsNoneIsExplainedAtTheStart() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("rates.json"), "{\"PerClientRateLimitBytesPerSec\": \"x\"}");

    RelayException e =
        assertThrows(RelayException.class, () -> Rates.of(RelayPolicy.OPEN.withRateFile(file)));

    assertTrue(e.getMessage().contains("PerClientRateLimitBytesPerSec"), e.getMessage());
  }

  @Test
  void aClientOverItsRateIsHeldBackAndLosesNothing() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    RelayPolicy policy = RelayPolicy.OPEN.withRate(new RateConfig(2_000_000, 0));
    try (RelayServer relay =
            RelayServer.start(
                RelaySettings.of(any, any, "127.0.0.1", folder)
                    .withMetrics(any)
                    .withPolicy(policy));
        TestClient alice = TestClient.connect(relay);
        TestClient bob = TestClient.connect(relay)) {
      for (int i = 0; i < 500; i++) {
        alice.send(bob.key(), "packet " + i + " " + "x".repeat(1000));
      }
      for (int i = 0; i < 500; i++) {
        Frame.RecvPacket got = (Frame.RecvPacket) bob.next();
        assertEquals(
            "packet " + i,
            new String(got.packet().toArray(), StandardCharsets.UTF_8).split(" x", 2)[0]);
      }

      String metrics = metrics(relay);
      assertTrue(value(metrics, "weft_relay_rate_pauses_total") > 0, metrics);
      assertEquals(500, value(metrics, "weft_relay_packets_sent_total"), metrics);
      assertEquals(2, value(metrics, "weft_relay_clients"), metrics);
      assertEquals(
          0, value(metrics, "weft_relay_packets_dropped_total{reason=\"queue_full\"}"), metrics);
      metrics
          .lines()
          .filter(line -> !line.startsWith("# "))
          .forEach(line ->
              assertTrue(line.matches("weft_relay_[a-z_]+(\\{reason=\"[a-z_]+\"})? \\d+"), line));
    }
  }

  private static String metrics(RelayServer relay) throws Exception {
    InetSocketAddress at = relay.metricsAddress().orElseThrow();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.getPort() + "/metrics"))
                  .build(),
              BodyHandlers.ofString())
          .body();
    }
  }

  private static long value(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }
}

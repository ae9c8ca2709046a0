package dev.weft.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.ThrowingConsumer;

/// Unmodified official clients on our control plane, through our relay; once for each version
/// found.
class OfficialClientTest {
  private static final int BLOB_BYTES = 30_000_000;

  @TestFactory
  Stream<DynamicTest> itFetchesWhatOurNodeServes() {
    return forEachVersion(official -> {
      try (Lab lab = Lab.up("official-fetch-" + tag(official), "a=public", "b=public")) {
        WeftServers servers = WeftServers.startWithCertificate(lab);
        TailnetNode laptop = TailnetNode.weft(lab, "a", "laptop");
        TailnetNode client = TailnetNode.official(lab, "b", "official", official);
        laptop.up(WeftServers.URL, servers.key());
        client.up(WeftServers.URL, servers.key());
        Path site = FirstLightTest.pages(lab, BLOB_BYTES);
        laptop.startSite(3000, site);
        laptop.cli("serve", "--bg", "3000");

        assertTrue(client.cli("status").contains("laptop"));
        String viaRelay = client.cli("ping", "--until-direct=false", "-c=1", "laptop");
        assertTrue(viaRelay.contains("pong from laptop"), viaRelay);
        String direct = client.cli("ping", "-c=20", "laptop");
        assertTrue(direct.contains("via 10.77.0.101:"), direct);
        FirstLightTest.assertFetches(client, "http://laptop.lab.weft/", site);
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> ourNodeFetchesWhatItServes() {
    return forEachVersion(official -> {
      try (Lab lab = Lab.up("official-serve-" + tag(official), "a=public", "b=public")) {
        WeftServers servers = WeftServers.startWithCertificate(lab);
        TailnetNode client = TailnetNode.official(lab, "a", "official", official);
        TailnetNode teammate = TailnetNode.weft(lab, "b", "teammate");
        client.up(WeftServers.URL, servers.key());
        teammate.up(WeftServers.URL, servers.key());
        Path site = FirstLightTest.pages(lab, BLOB_BYTES);
        client.startSite(3000, site);
        client.cli("serve", "--bg", "--http=80", "3000");

        FirstLightTest.assertFetches(teammate, "http://official.lab.weft/", site);
        String pong = teammate.cli("ping", "-c=20", "official");
        assertTrue(pong.contains("via 10.77.0.101:"), pong);
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> withoutUdpTheRelayCarriesBothWays() {
    return forEachVersion(official -> {
      try (Lab lab = Lab.up("official-relay-" + tag(official), "a=udpblocked", "b=udpblocked")) {
        WeftServers servers = WeftServers.startWithCertificate(lab);
        TailnetNode laptop = TailnetNode.weft(lab, "a", "laptop");
        TailnetNode client = TailnetNode.official(lab, "b", "official", official);
        laptop.up(WeftServers.URL, servers.key());
        client.up(WeftServers.URL, servers.key());
        Path site = FirstLightTest.pages(lab, BLOB_BYTES);
        laptop.startSite(3000, site);
        laptop.cli("serve", "--bg", "3000");
        FirstLightTest.assertFetches(client, "http://laptop.lab.weft/", site);
        String pong = client.tryCli("ping", "--until-direct=false", "-c=1", "laptop").out();
        assertTrue(pong.contains("via DERP("), pong);
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> logoutUpAndDaemonRestartSucceedTenTimesInARow() {
    return forEachVersion(official -> {
      try (Lab lab = Lab.up("official-cycle-" + tag(official), "a=public")) {
        WeftServers servers = WeftServers.startWithCertificate(lab);
        String key = servers.key("--reusable");
        TailnetNode client = TailnetNode.official(lab, "a", "official", official);
        client.up(WeftServers.URL, key);
        for (int round = 1; round <= 10; round++) {
          client.cli("logout");
          client.up(WeftServers.URL, key);
          client.daemon().stop();
          client.startDaemon();
          int count = round;
          Await.until(
              "round " + count + ": Running after a restart",
              Duration.ofSeconds(30),
              () -> client.tryCli("status").exit() == 0);
        }
        long entries =
            servers.admin("nodes", "list").lines().filter(l -> l.contains("official")).count();
        assertEquals(1, entries, "the machine is still one node, not eleven");
      }
    });
  }

  static Stream<DynamicTest> forEachVersion(ThrowingConsumer<Path> test) {
    List<Path> clients = Peers.officialClients();
    if (clients.isEmpty()) {
      return Stream.of(
          DynamicTest.dynamicTest(
              "no official client",
              () ->
                  assumeFalse(
                      true,
                      "tailscaled and tailscale are neither in $WEFT_PEERS nor on PATH: not tested")));
    }
    return clients.stream()
        .map(folder -> DynamicTest.dynamicTest(version(folder), () -> test.accept(folder)));
  }

  private static String version(Path folder) {
    try {
      Lab.Result result =
          Lab.Proc.run(
              new ProcessBuilder(folder.resolve("tailscale").toString(), "version"),
              Duration.ofSeconds(10));
      return "tailscale " + result.out().lines().findFirst().orElse("?");
    } catch (Exception e) {
      return folder.toString();
    }
  }

  static String tag(Path folder) {
    return version(folder).replaceAll("[^0-9.]", "");
  }
}

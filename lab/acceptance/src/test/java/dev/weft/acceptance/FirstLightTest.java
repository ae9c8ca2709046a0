package dev.weft.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Two nodes of ours on our own control plane and relay.
class FirstLightTest {
  @Test
  void aTeammateFetchesWhatANodeServesByItsName() throws Exception {
    try (Lab lab = Lab.up("serve", "a=public", "b=public")) {
      WeftServers servers = WeftServers.start(lab);
      TailnetNode laptop = TailnetNode.weft(lab, "a", "laptop");
      TailnetNode teammate = TailnetNode.weft(lab, "b", "teammate");
      laptop.up(WeftServers.URL, servers.key());
      teammate.up(WeftServers.URL, servers.key());
      Path site = pages(lab, 64);
      laptop.startSite(3000, site);
      laptop.cli("serve", "--bg", "3000");

      assertFetches(teammate, "http://laptop.lab.weft/", site);
      assertFetches(teammate, "http://laptop/", site);
    }
  }

  /// Programs behind `serve` may rely on these: who asks is told by the node, not by who asks.
  @Test
  void aServedProgramLearnsTheAddressAndNameOfWhoAsksAndNothingForged() throws Exception {
    try (Lab lab = Lab.up("forwarded", "a=public", "b=public")) {
      WeftServers servers = WeftServers.start(lab);
      TailnetNode laptop = TailnetNode.weft(lab, "a", "laptop");
      TailnetNode teammate = TailnetNode.weft(lab, "b", "teammate");
      laptop.up(WeftServers.URL, servers.key());
      teammate.up(WeftServers.URL, servers.key());
      laptop.startEcho(3000);
      laptop.cli("serve", "--bg", "3000");

      Lab.Result answer =
          teammate.fetch(
              "http://laptop/",
              "-HX-Forwarded-For: 1.2.3.4",
              "-Hx-forwarded-for: 5.6.7.8, 9.9.9.9",
              "-HX_Forwarded_For: 1.2.3.4",
              "-HX-Forwarded-Host: evil.example",
              "-HX-Forwarded-Proto: https",
              "-HForwarded: for=1.2.3.4",
              "-HTailscale-User-Login: root@example.com");
      assertEquals(0, answer.exit(), answer.all());
      List<String> heard =
          answer
              .out()
              .lines()
              .map(line -> line.toLowerCase(Locale.ROOT))
              .filter(line -> line.contains("forwarded") || line.startsWith("tailscale-user-login"))
              .sorted()
              .toList();
      assertEquals(
          List.of(
              "tailscale-user-login: lab",
              "x-forwarded-for: " + teammate.ip(),
              "x-forwarded-host: laptop"), // and no scheme, as the original: it tells of https only
          heard);
    }
  }

  @Test
  void nodesWhoseUdpIsBlockedReachEachOtherThroughTheRelay() throws Exception {
    try (Lab lab = Lab.up("relayed", "a=udpblocked", "b=udpblocked")) {
      WeftServers servers = WeftServers.start(lab);
      TailnetNode laptop = TailnetNode.weft(lab, "a", "laptop");
      TailnetNode teammate = TailnetNode.weft(lab, "b", "teammate");
      laptop.up(WeftServers.URL, servers.key());
      teammate.up(WeftServers.URL, servers.key());
      Path site = pages(lab, 4 << 20);
      laptop.startSite(3000, site);
      laptop.cli("serve", "--bg", "3000");

      assertFetches(teammate, "http://laptop.lab.weft/", site);
      assertTrue(
          teammate
              .tryCli("ping", "--until-direct=false", "-c=1", "laptop")
              .out()
              .contains("via DERP("));
      String status = teammate.cli("status");
      assertTrue(status.lines().anyMatch("# Relayed: laptop: UDP is blocked here"::equals), status);
    }
  }

  @Test
  void nodesBehindOrdinaryRoutersFindADirectPath() throws Exception {
    try (Lab lab = Lab.up("direct", "a=easy", "b=easy")) {
      WeftServers servers = WeftServers.start(lab);
      TailnetNode laptop = TailnetNode.weft(lab, "a", "laptop");
      TailnetNode teammate = TailnetNode.weft(lab, "b", "teammate");
      laptop.up(WeftServers.URL, servers.key());
      teammate.up(WeftServers.URL, servers.key());

      String pong = teammate.cli("ping", "--timeout=5s", "-c=20", "laptop");
      assertTrue(
          pong.lines()
              .reduce((a, b) -> b)
              .orElse("")
              .matches("pong from laptop .* via 10\\.77\\.0\\.101:\\d+ in .*"),
          pong);
    }
  }

  @Test
  void aTransferGoesOnOverTheRelayWhileUdpIsCutAndComesBack() throws Exception {
    try (Lab lab = Lab.up("udpcut", "a=easy", "b=easy")) {
      WeftServers servers = WeftServers.start(lab);
      TailnetNode laptop = TailnetNode.weft(lab, "a", "laptop");
      TailnetNode teammate = TailnetNode.weft(lab, "b", "teammate");
      laptop.up(WeftServers.URL, servers.key());
      teammate.up(WeftServers.URL, servers.key());
      teammate.cli("ping", "-c=20", "laptop");
      Path site = pages(lab, 30 << 20);
      laptop.startSite(3000, site);
      laptop.cli("serve", "--bg", "3000");

      Path target = lab.folder("got").resolve("blob");
      Lab.Proc transfer = startTransfer(lab, target, "1M");
      Await.until(
          "the transfer has begun",
          Duration.ofSeconds(20),
          () -> Files.exists(target) && Files.size(target) > 1 << 20);
      lab.netlab("udp", "a", "off");
      Await.until(
          "the path is the relay's",
          Duration.ofSeconds(30),
          () ->
              teammate
                  .tryCli("ping", "--until-direct=false", "-c=1", "laptop")
                  .out()
                  .contains("via DERP("));
      lab.netlab("udp", "a", "on");
      assertEquals(0, transfer.awaitExit(Duration.ofSeconds(90)), transfer.log());
      assertEquals(-1, Files.mismatch(site.resolve("blob"), target));
      Await.until(
          "the path is direct again",
          Duration.ofSeconds(60),
          () -> teammate.tryCli("ping", "-c=5", "laptop").exit() == 0);
    }
  }

  @Test
  void nodesReachEachOtherWhileTheControlPlaneIsAway() throws Exception {
    try (Lab lab = Lab.up("outage", "a=public", "b=public")) {
      WeftServers servers = WeftServers.start(lab);
      TailnetNode laptop = TailnetNode.weft(lab, "a", "laptop");
      TailnetNode teammate = TailnetNode.weft(lab, "b", "teammate");
      laptop.up(WeftServers.URL, servers.key());
      teammate.up(WeftServers.URL, servers.key());
      Path site = pages(lab, 1 << 20);
      laptop.startSite(3000, site);
      laptop.cli("serve", "--bg", "3000");
      assertFetches(teammate, "http://laptop/", site);

      Path target = lab.folder("got").resolve("blob");
      Lab.Proc transfer = startTransfer(lab, target, "200k");
      Await.until(
          "the transfer has begun",
          Duration.ofSeconds(20),
          () -> Files.exists(target) && Files.size(target) > 0);
      servers.control().kill();
      assertEquals(0, transfer.awaitExit(Duration.ofSeconds(30)), transfer.log());
      assertEquals(-1, Files.mismatch(site.resolve("blob"), target), "a running transfer goes on");
      laptop.daemon().stop();
      teammate.daemon().stop();
      laptop.startDaemon();
      teammate.startDaemon();
      Await.until(
          "the restarted nodes fetch by name",
          Duration.ofSeconds(40),
          () -> teammate.fetch("http://laptop/").exit() == 0);
      assertFetches(teammate, "http://laptop/", site);
      String status = teammate.cli("status");
      assertTrue(status.contains("control"), "status says that control is away:\n" + status);

      servers.restartControl();
      Await.until(
          "status no longer complains",
          Duration.ofSeconds(60),
          () -> !teammate.cli("status").contains("Health check"));
    }
  }

  /// Fetches the laptop's blob at site b, no faster than the rate.
  private static Lab.Proc startTransfer(Lab lab, Path target, String rate) throws Exception {
    return lab.start(
        "b",
        "transfer",
        Map.of(),
        List.of(
            "curl",
            "-sS",
            "--limit-rate",
            rate,
            "-o",
            target.toString(),
            "--max-time",
            "90",
            "--proxy",
            "socks5h://127.0.0.1:" + TailnetNode.SOCKS_PORT,
            "http://laptop/blob"));
  }

  /// A folder with `index.html` and a `blob` of that many random bytes.
  static Path pages(Lab lab, int blobBytes) throws Exception {
    Path folder = lab.folder("site");
    Files.writeString(folder.resolve("index.html"), "hello from the laptop\n");
    byte[] blob = new byte[blobBytes];
    new Random(blobBytes).nextBytes(blob);
    Files.write(folder.resolve("blob"), blob);
    return folder;
  }

  static void assertFetches(TailnetNode node, String base, Path site) throws Exception {
    Lab.Result page = node.fetch(base);
    assertEquals(0, page.exit(), page.all());
    assertEquals("hello from the laptop\n", page.out());
    Path target = Files.createTempFile("weft", "blob");
    try {
      Lab.Result blob = node.fetch(base + "blob", "-o", target.toString());
      assertEquals(0, blob.exit(), blob.all());
      assertEquals(-1, Files.mismatch(site.resolve("blob"), target), "the blob arrived whole");
    } finally {
      Files.delete(target);
    }
  }
}

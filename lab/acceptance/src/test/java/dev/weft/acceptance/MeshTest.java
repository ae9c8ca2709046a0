package dev.weft.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A region of two relays, ours and the official one, that forward to each other's clients.
class MeshTest {
  /// UDP is blocked, and each site can reach one of the relays only.
  @Test
  void nodesAtDifferentRelaysOfARegionReachEachOther() throws Exception {
    Path officialFolder = Peers.require("tailscaled").getParent();
    Peers.require("derper");
    try (Lab lab = Lab.up("mesh", "a=udpblocked", "b=udpblocked")) {
      WeftServers servers = WeftServers.startMeshed(lab);
      closePort(lab, "a", 8444);
      closePort(lab, "b", 8443);
      Await.until(
          "each relay watches the other",
          Duration.ofSeconds(30),
          () ->
              WeftServers.metric(lab, "weft_relay_mesh_peers") == 1
                  && WeftServers.metric(lab, "weft_relay_watchers") == 1);
      String key = servers.key("--reusable");
      TailnetNode ours = TailnetNode.weft(lab, "a", "ours");
      TailnetNode theirs = TailnetNode.official(lab, "b", "theirs", officialFolder);
      ours.up(WeftServers.URL, key);
      theirs.up(WeftServers.URL, key);
      Path site = FirstLightTest.pages(lab, 3_000_000);
      ours.startSite(3000, site);
      ours.cli("serve", "--bg", "3000");
      theirs.startSite(3001, site);
      theirs.cli("serve", "--bg", "--http=80", "3001");

      FirstLightTest.assertFetches(theirs, "http://ours.lab.weft/", site);
      FirstLightTest.assertFetches(ours, "http://theirs.lab.weft/", site);
      assertEquals(1, WeftServers.metric(lab, "weft_relay_mesh_clients"), "theirs is at derper");
      assertTrue(WeftServers.metric(lab, "weft_relay_packets_forwarded_out_total") > 2000);
      assertTrue(WeftServers.metric(lab, "weft_relay_packets_forwarded_in_total") > 2000);

      servers.relay().stop();
      servers.restartRelay();
      Await.until(
          "the relays have found each other again, and the nodes",
          Duration.ofSeconds(60),
          () -> theirs.fetch("http://ours.lab.weft/").exit() == 0);
      FirstLightTest.assertFetches(ours, "http://theirs.lab.weft/", site);
      assertEquals(1, WeftServers.metric(lab, "weft_relay_mesh_clients"));
    }
  }

  private static void closePort(Lab lab, String site, int port) throws Exception {
    for (String rule :
        new String[] {
          "add table inet closed",
          "add chain inet closed out { type filter hook output priority 0; }",
          "add rule inet closed out tcp dport " + port + " reject with tcp reset"
        }) {
      Lab.Result done = lab.run(site, Duration.ofSeconds(10), "nft", rule);
      assertEquals(0, done.exit(), done.all());
    }
  }
}

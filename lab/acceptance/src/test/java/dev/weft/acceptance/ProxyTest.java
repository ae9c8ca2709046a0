package dev.weft.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.ConnectProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A node whose network lets nothing out but what goes through its HTTP proxy.
class ProxyTest {
  private static final int PROXY_PORT = 3128;
  private static final String PASSWORD = "s3cretOfTheProxy";

  @Test
  void aNodeBehindAProxyReachesControlRelayAndPeers() throws Exception {
    try (Lab lab = Lab.up("proxy", "a=public", "b=public")) {
      WeftServers servers = WeftServers.start(lab);
      startProxy(lab);
      allowOnlyTheProxy(lab, "a");
      String proxy = "http://ann:" + PASSWORD + "@" + Lab.SERVER + ":" + PROXY_PORT;
      TailnetNode inside =
          TailnetNode.weft(lab, "a", "inside", Map.of("HTTPS_PROXY", proxy, "http_proxy", proxy));
      TailnetNode outside = TailnetNode.weft(lab, "b", "outside");
      inside.up(WeftServers.URL, servers.key());
      outside.up(WeftServers.URL, servers.key());
      Path site = FirstLightTest.pages(lab, 1 << 20);
      inside.startSite(3000, site);
      inside.cli("serve", "--bg", "3000");

      FirstLightTest.assertFetches(outside, "http://inside.lab.weft/", site);

      String log = inside.daemon().log();
      assertTrue(log.contains("goes through the proxy http://10.77.0.10:3128"), log);
      assertFalse(log.contains(PASSWORD), log);
      assertFalse(inside.cli("status").contains("Health check"), inside.cli("status"));
      assertTrue(inside.cli("netcheck").contains("# The daemon's home relay is "));
    }
  }

  @Test
  void aProxyThatRefusesIsWhatStatusAndUpSay() throws Exception {
    try (Lab lab = Lab.up("proxy-refuses", "a=public")) {
      WeftServers servers = WeftServers.start(lab);
      startProxy(lab);
      allowOnlyTheProxy(lab, "a");
      String proxy = "http://ann:wrong@" + Lab.SERVER + ":" + PROXY_PORT;
      TailnetNode inside =
          TailnetNode.weft(lab, "a", "inside", Map.of("https_proxy", proxy, "http_proxy", proxy));

      Lab.Result up =
          inside.tryCli(
              "up",
              "--login-server=" + WeftServers.URL,
              "--auth-key=" + servers.key(),
              "--timeout=5s");

      assertEquals(1, up.exit(), up.all());
      String why = "the proxy http://10.77.0.10:3128 does not accept the user and password";
      assertTrue(up.all().contains(why), up.all());
      assertFalse(up.all().contains("wrong"), up.all());
      assertTrue(inside.tryCli("status").all().contains(why), inside.tryCli("status").all());
    }
  }

  private static void startProxy(Lab lab) throws Exception {
    Lab.Proc proxy =
        lab.start(
            "srv",
            "http-proxy",
            Map.of(),
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Path.of(
                        ConnectProxy.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString(),
                ConnectProxy.class.getName(),
                Lab.SERVER,
                "" + PROXY_PORT,
                "ann:" + PASSWORD));
    proxy.awaitLog("proxy on ", Duration.ofSeconds(20));
  }

  private static void allowOnlyTheProxy(Lab lab, String site) throws Exception {
    for (String rule :
        new String[] {
          "add table inet closed",
          "add chain inet closed out { type filter hook output priority 0; policy drop; }",
          "add rule inet closed out oifname lo accept",
          "add rule inet closed out ip daddr " + Lab.SERVER + " tcp dport " + PROXY_PORT + " accept"
        }) {
      Lab.Result done = lab.run(site, Duration.ofSeconds(10), "nft", rule);
      assertEquals(0, done.exit(), done.all());
    }
  }
}

package dev.weft.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Our node in a real Headscale's tailnet, with a real derper, beside an official client.
class HeadscaleTest {
  private static final String URL = "http://" + Lab.SERVER + ":8080";

  @Test
  void ourNodeReachesAndIsReachedByAnOfficialClientDirectly() throws Exception {
    exchange("headscale-direct", "a=easy", "b=easy", true);
  }

  @Test
  void ourNodeReachesAndIsReachedByAnOfficialClientWithUdpBlocked() throws Exception {
    exchange("headscale-relay", "a=udpblocked", "b=udpblocked", false);
  }

  private static void exchange(String name, String siteA, String siteB, boolean direct)
      throws Exception {
    Peers.require("headscale");
    Peers.require("derper");
    Path officialFolder = Peers.require("tailscaled").getParent();
    try (Lab lab = Lab.up(name, siteA, siteB)) {
      String key = startHeadscale(lab);
      TailnetNode ours = TailnetNode.weft(lab, "a", "ours");
      TailnetNode theirs = TailnetNode.official(lab, "b", "theirs", officialFolder);
      ours.up(URL, key);
      theirs.up(URL, key);
      Path site = FirstLightTest.pages(lab, 30_000_000);
      ours.startSite(3000, site);
      ours.cli("serve", "--bg", "3000");
      theirs.startSite(3001, site);
      theirs.cli("serve", "--bg", "--http=80", "3001");

      // Headscale gathers changes before it tells them; until then our node does not know its
      // caller.
      Await.until(
          "Headscale has told each of the other",
          Duration.ofSeconds(30),
          () -> theirs.fetch("http://ours.lab.net/").exit() == 0);
      FirstLightTest.assertFetches(theirs, "http://ours.lab.net/", site);
      FirstLightTest.assertFetches(ours, "http://theirs.lab.net/", site);
      String pong =
          direct
              ? ours.cli("ping", "-c=20", "theirs")
              : ours.tryCli("ping", "--until-direct=false", "-c=1", "theirs").out();
      assertTrue(pong.contains(direct ? "via 10.77.0.102:" : "via DERP("), pong);
    }
  }

  /// Starts derper and Headscale on `srv`; returns a reusable auth key.
  static String startHeadscale(Lab lab) throws Exception {
    startDerper(lab);
    return startHeadscaleAlone(lab);
  }

  /// Headscale on `srv`, with a relay there on port 8444 that is the caller's to start.
  static String startHeadscaleAlone(Lab lab) throws Exception {
    Path folder = lab.folder("headscale");
    Files.writeString(folder.resolve("derp.yaml"), DERP_MAP.replace("@SERVER@", Lab.SERVER));
    Path config = folder.resolve("config.yaml");
    Files.writeString(config, CONFIG.replace("@URL@", URL).replace("@DIR@", folder.toString()));
    String headscale = Peers.require("headscale").toString();
    lab.start("srv", "headscale", Map.of(), List.of(headscale, "-c", config.toString(), "serve"));
    Await.until(
        "headscale answers",
        Duration.ofSeconds(30),
        () ->
            lab.run(
                        "srv",
                        Duration.ofSeconds(10),
                        headscale,
                        "-c",
                        config.toString(),
                        "users",
                        "create",
                        "lab")
                    .exit()
                == 0);
    Lab.Result key =
        lab.run(
            "srv",
            Duration.ofSeconds(10),
            headscale,
            "-c",
            config.toString(),
            "preauthkeys",
            "create",
            "--user",
            "1",
            "--reusable",
            "--expiration",
            "24h");
    assertEquals(0, key.exit(), key.all());
    return key.out()
        .lines()
        .filter(l -> !l.isBlank())
        .reduce((first, last) -> last)
        .orElseThrow()
        .strip();
  }

  /// Starts derper on `srv`, on 8444.
  static Lab.Proc startDerper(Lab lab, String... flags) throws Exception {
    return startDerper(lab, Map.of(), flags);
  }

  /// The same in another environment; flags given later win.
  static Lab.Proc startDerper(Lab lab, Map<String, String> environment, String... flags)
      throws Exception {
    Path config = lab.folder("derper").resolve("derper.conf");
    Files.writeString(config, "{\"PrivateKey\":\"privkey:" + "4a".repeat(31) + "48\"}");
    List<String> command =
        new ArrayList<>(
            List.of(
                Peers.require("derper").toString(),
                "-c=" + config,
                "-a=:8444",
                "-http-port=-1",
                "-hostname=" + Lab.SERVER,
                "-certmode=manual",
                "-certdir=" + lab.folder("derper-certs"),
                "-stun"));
    command.addAll(List.of(flags));
    return lab.start("srv", "derper", environment, command);
  }

  private static final String DERP_MAP =
      """
      regions:
        900:
          regionid: 900
          regioncode: lab
          regionname: Lab
          nodes:
            - { name: lab, regionid: 900, hostname: "@SERVER@", ipv4: "@SERVER@", stunport: 3478, derpport: 8444, insecurefortests: true }
      """;

  private static final String CONFIG =
      """
      server_url: @URL@
      listen_addr: 0.0.0.0:8080
      metrics_listen_addr: 127.0.0.1:9090
      grpc_listen_addr: 127.0.0.1:50443
      noise: { private_key_path: @DIR@/noise.key }
      prefixes: { v4: 100.64.0.0/10, v6: "fd7a:115c:a1e0::/48", allocation: sequential }
      derp: { server: { enabled: false }, urls: [], paths: ["@DIR@/derp.yaml"], auto_update_enabled: false }
      database: { type: sqlite, sqlite: { path: @DIR@/db.sqlite, write_ahead_log: true } }
      dns: { magic_dns: true, base_domain: lab.net, override_local_dns: false, nameservers: { global: [] } }
      policy: { mode: file, path: "" }
      unix_socket: @DIR@/hs.sock
      log: { level: warn, format: text }
      logtail: { enabled: false }
      disable_check_updates: true
      """;
}

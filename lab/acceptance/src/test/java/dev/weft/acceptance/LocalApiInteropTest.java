package dev.weft.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.weft.json.Json;
import dev.weft.json.JsonTypes;
import dev.weft.json.RawJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Each command line client on the other's daemon: every command that
/// `captures/localapi-1.103.json` has, and those of ours.
class LocalApiInteropTest {
  private static final RawJson NULL = new RawJson("null");

  @Test
  void everyCommandOfTheOfficialClientsWorksOnOurDaemon() throws Exception {
    List<Path> clients = officials();
    try (Lab lab = Lab.up("interop-theirs-on-ours", "a=public", "b=public")) {
      WeftServers servers = WeftServers.startWithCertificate(lab);
      String key = servers.key("--reusable");
      TailnetNode peer = TailnetNode.official(lab, "b", "b", clients.getFirst());
      peer.up(WeftServers.URL, key);
      TailnetNode ours = TailnetNode.weft(lab, "a", "a");
      for (Path folder : clients) {
        Driver driver = new Driver(ours, List.of(folder.resolve("tailscale").toString()));
        driver.ok(
            "up",
            "--reset", // the client before left settings
            "--login-server=" + WeftServers.URL,
            "--auth-key=" + key,
            "--hostname=a");
        driver.common(peer);
        driver.refused("no SSH server", "set", "--ssh", "--accept-risk=all");
        driver.refused("exit node", "set", "--exit-node=" + peer.ip());
        if (driver
            .run("set", "--help")
            .all()
            .contains("--relay-server-port")) { // newer clients have it
          driver.refused("has no setting", "set", "--relay-server-port=0");
        }
        driver.refused(
            "requires mentioning all", "up", "--hostname=other"); // the check is the client's own
        driver.ok("up", "--login-server=" + WeftServers.URL, "--hostname=a", "--accept-routes");
        driver.awaitRunning();
        driver.ok("logout");
      }
    }
  }

  @Test
  void everyCommandOfOursWorksOnTheOfficialDaemon() throws Exception {
    List<Path> clients = officials();
    try (Lab lab = Lab.up("interop-ours-on-theirs", "a=public", "b=public")) {
      WeftServers servers = WeftServers.start(lab);
      String key = servers.key("--reusable");
      TailnetNode peer = TailnetNode.weft(lab, "b", "b");
      peer.up(WeftServers.URL, key);
      TailnetNode theirs = TailnetNode.official(lab, "a", "a", clients.getFirst());
      Driver driver = new Driver(theirs, Lab.weftCommand());
      driver.ok("up", "--login-server=" + WeftServers.URL, "--auth-key=" + key, "--hostname=a");
      driver.common(peer);
      driver.ok("set", "--shields-up");
      assertEquals("true\n", driver.ok("get", "shields-up"));
      driver.refused("--shields-up", "up", "--login-server=" + WeftServers.URL, "--hostname=a");
      driver.refused("SSH", "set", "--ssh"); // the tailnet does not allow it
      driver.ok(
          "up",
          "--login-server=" + WeftServers.URL,
          "--hostname=a",
          "--shields-up",
          "--accept-routes");
      driver.ok("wait", "--timeout=20s");
      ownAdditions(lab, driver, peer, servers);
      driver.ok("logout");
      assertEquals(1, driver.run("status").exit());
    }
  }

  @Test
  void statusAndWhoisOfOursHaveEveryKeyOfTheOriginals() throws Exception {
    List<Path> clients = officials();
    try (Lab lab = Lab.up("interop-keys", "a=public", "b=public", "c=public")) {
      WeftServers servers = WeftServers.start(lab);
      String key = servers.key("--reusable");
      TailnetNode third = TailnetNode.official(lab, "c", "third", clients.getFirst());
      TailnetNode theirs = TailnetNode.official(lab, "b", "theirs", clients.getFirst());
      TailnetNode ours = TailnetNode.weft(lab, "a", "ours");
      for (TailnetNode node : List.of(third, theirs, ours)) {
        node.up(WeftServers.URL, key);
      }
      String ip = third.ip();
      for (TailnetNode node : List.of(theirs, ours)) {
        Await.until(
            node.name() + " reaches the third",
            Duration.ofSeconds(30),
            () -> node.tryCli("ping", "--until-direct=false", "-c=1", "third").exit() == 0);
      }
      assertEveryKey(
          theirs.cli("status", "--json"), ours.cli("status", "--json"), "third", "status");
      assertEveryKey(
          theirs.cli("whois", "--json", ip), ours.cli("whois", "--json", ip), "", "whois");
    }
  }

  /// What only our client has, on a daemon that knows nothing of it.
  private static void ownAdditions(Lab lab, Driver driver, TailnetNode peer, WeftServers servers)
      throws Exception {
    driver.ok("debug", "netmap");
    assertTrue(driver.ok("debug", "derp-map").contains("\"Regions\""));
    assertTrue(driver.ok("netcheck", "--format=json").contains("\"UDP\": true"));
    assertTrue(driver.ok("dns", "status", "--json").contains("\"MagicDNSEnabled\": true"));
    Path metrics = lab.folder("metrics").resolve("weft.prom");
    driver.ok("metrics", "write", metrics.toString());
    assertTrue(Files.readString(metrics).contains("tailscaled_home_derp_region_id"));

    peer.startSite(3000, FirstLightTest.pages(lab, 64));
    peer.cli("serve", "--bg", "--http=80", "3000");
    String page = driver.piped("GET / HTTP/1.0\r\nHost: b\r\n\r\n", "nc", "b", "80");
    assertTrue(page.contains("hello from the laptop"), page);

    driver.ok("login", "--auth-key=" + servers.key("--reusable"), "--hostname=a2");
    String list = driver.ok("switch", "--list");
    assertTrue(list.startsWith("ID") && list.contains("lab*"), list);
  }

  private static void assertEveryKey(String theirs, String ours, String peer, String what)
      throws Exception {
    Set<String> missing = keys(theirs, peer);
    missing.removeAll(keys(ours, peer));
    assertEquals(new TreeSet<>(), missing, what + " of ours lacks these keys of the original's");
  }

  /// The paths of all fields. What stands under names and IDs is taken together, and of the peers
  /// the one with this host name only: the others differ between two nodes.
  private static Set<String> keys(String json, String peer) throws Exception {
    Set<String> found = new TreeSet<>();
    collect(new RawJson(json), "", peer, found);
    return found;
  }

  private static void collect(RawJson value, String at, String peer, Set<String> found)
      throws Exception {
    String text = value.text().strip();
    if (text.startsWith("{")) {
      Map<String, RawJson> fields = Json.decode(JsonTypes.mapWithNulls(RawJson.JSON, NULL), text);
      for (Map.Entry<String, RawJson> field : fields.entrySet()) {
        boolean keyed = at.equals(".Peer") || at.equals(".User") || at.endsWith("CapMap");
        boolean other = at.equals(".Peer") && !field.getValue().text().contains('"' + peer + '"');
        if (!other && !at.endsWith("CapMap")) {
          String path = at + "." + (keyed ? "*" : field.getKey());
          found.add(path);
          collect(field.getValue(), path, peer, found);
        }
      }
    } else if (text.startsWith("[")) {
      for (RawJson element : Json.decode(JsonTypes.listOf(RawJson.JSON), text)) {
        collect(element, at + "[]", peer, found);
      }
    }
  }

  private static List<Path> officials() {
    List<Path> clients = Peers.officialClients();
    assumeFalse(
        clients.isEmpty(), "tailscaled and tailscale are neither in $WEFT_PEERS nor on PATH");
    return clients;
  }

  /// One client on one daemon.
  private record Driver(TailnetNode node, List<String> client) {
    Lab.Result run(String... arguments) throws Exception {
      return node.tryWith(client, arguments);
    }

    String ok(String... arguments) throws Exception {
      Lab.Result result = run(arguments);
      assertEquals(0, result.exit(), () -> String.join(" ", arguments) + ": " + result.all());
      return result.out();
    }

    void refused(String why, String... arguments) throws Exception {
      Lab.Result result = run(arguments);
      assertEquals(1, result.exit(), () -> String.join(" ", arguments) + ": " + result.all());
      assertTrue(result.all().contains(why), () -> String.join(" ", arguments) + result.all());
    }

    String piped(String input, String... arguments) throws Exception {
      List<String> command = new ArrayList<>(client);
      command.add("--socket=" + node.socket());
      command.addAll(List.of(arguments));
      return node.runWithInput(input, command);
    }

    /// The commands that both clients have, in the words of both; the peer is called `b`.
    void common(TailnetNode peer) throws Exception {
      awaitRunning();
      String status = ok("status");
      assertTrue(status.contains(peer.ip()) && status.contains("linux"), status);
      assertTrue(ok("status", "--json").contains("\"BackendState\": \"Running\""));
      String ip = ok("ip", "-4").strip();
      assertEquals(peer.ip(), ok("ip", "-4", "b").strip());
      assertTrue(ok("ping", "-c=20", "b").contains("pong from b (" + peer.ip() + ") via "));
      assertTrue(ok("ping", "--tsmp", "-c=1", "b").contains("via TSMP"));
      assertTrue(ok("ping", "--icmp", "-c=1", "b").contains("via ICMP"));
      assertTrue(ok("whois", peer.ip()).contains("Name:          b.lab.weft"));
      assertTrue(ok("whois", "--json", ip).contains("\"a.lab.weft.\""));
      refused("peer not found", "whois", "1.2.3.4");
      assertTrue(ok("netcheck").contains("* UDP: true"));
      serve();
      ok("set", "--accept-routes");
      assertEquals("true\n", tryGet("accept-routes", "true\n"));
      ok("set", "--accept-routes=false");
      assertTrue(ok("dns", "status").contains("MagicDNS: enabled tailnet-wide"));
      assertTrue(ok("dns", "query", "b.lab.weft").contains(peer.ip()));
      refused("no exit nodes found", "exit-node", "list");
      assertTrue(ok("version", "--daemon").contains("Daemon: "));
      assertTrue(ok("switch", "--list").contains("lab*"));
      assertTrue(ok("debug", "prefs").contains("\"WantRunning\": true"));
      String metrics = ok("metrics", "print");
      assertTrue(metrics.contains("tailscaled_outbound_packets_total{path=\"direct_ipv4\"} "));
      ok("down");
      Lab.Result stopped = run("status");
      assertEquals(1, stopped.exit());
      assertTrue(stopped.out().contains(" is stopped."), stopped.all());
      ok("up", "--login-server=" + WeftServers.URL, "--hostname=a");
      awaitRunning();
    }

    private void serve() throws Exception {
      assertTrue(ok("serve", "--bg", "--http=80", "3000").contains("http://a.lab.weft/"));
      assertTrue(ok("serve", "status").contains("|-- / proxy http://127.0.0.1:3000"));
      assertTrue(ok("serve", "status", "--json").contains("\"HTTP\": true"));
      ok("serve", "--http=80", "off");
      assertTrue(ok("serve", "status").contains("No serve config"));
      ok("serve", "--bg", "--tcp=2222", "tcp://localhost:22");
      ok("serve", "reset");
      assertTrue(ok("serve", "status").contains("No serve config"));
    }

    /// Clients before 1.90 have no `wait`, and their `up` waits.
    private void awaitRunning() throws Exception {
      Lab.Result result = run("wait");
      assertTrue(result.exit() == 0 || result.all().contains("unknown subcommand"), result::all);
    }

    /// Clients before 1.90 have no `get`.
    private String tryGet(String setting, String otherwise) throws Exception {
      Lab.Result result = run("get", setting);
      return result.all().contains("unknown subcommand") ? otherwise : result.out();
    }
  }
}

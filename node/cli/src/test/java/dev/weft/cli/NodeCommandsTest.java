package dev.weft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Ip;
import dev.weft.dns.DnsQuestion;
import dev.weft.dns.DnsReply;
import dev.weft.dns.DnsType;
import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import dev.weft.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The commands about settings, logins, names and counters.
@Timeout(30)
class NodeCommandsTest {
  private static final String PROFILES =
      "[{\"ID\":\"5a0c\",\"Name\":\"work\",\"NetworkProfile\":{\"MagicDNSName\":\"lab.net\",\"DomainName\":\"lab.net\",\"DisplayName\":\"\"},\"UserProfile\":{\"LoginName\":\"ann@lab\"}},"
          + "{\"ID\":\"77f1\",\"Name\":\"bob@home\",\"NetworkProfile\":{\"MagicDNSName\":\"home.weft\",\"DomainName\":\"home.weft\",\"DisplayName\":\"\"},\"UserProfile\":{\"LoginName\":\"bob@home\"}}]";
  private static final String CURRENT = "{\"ID\":\"5a0c\",\"Name\":\"work\"}";

  @TempDir Path folder;
  private FakeDaemon daemon;

  @BeforeEach
  void start() throws IOException {
    daemon = new FakeDaemon(folder.resolve("sock"));
  }

  @AfterEach
  void stop() throws IOException {
    daemon.close();
  }

  @Test
  void setChangesWhatIsMentionedAndHasTheWholeChecked() {
    prefs(Prefs.defaults().with(Pref.HOSTNAME, "laptop"));
    daemon.answer("POST check-prefs", 200, "{}").answer("PATCH prefs", 200, "{}");
    assertEquals(0, run("set", "--accept-routes", "--stateful-filtering").exitCode());
    List<String> requests = daemon.requests();
    assertTrue(
        requests.get(1).startsWith("POST check-prefs") && requests.get(1).contains("laptop"),
        requests.toString());
    assertEquals(
        "PATCH prefs {\"RouteAll\":true,\"RouteAllSet\":true,\"NoStatefulFiltering\":false,\"NoStatefulFilteringSet\":true}",
        requests.get(2));
  }

  @Test
  void anExitNodeIsOfferedBesideTheSubnets() {
    prefs(
        Prefs.defaults()
            .with(Pref.ADVERTISE_ROUTES, List.of(dev.weft.base.IpPrefix.parse("10.0.0.0/8"))));
    daemon.answer("POST check-prefs", 200, "{}").answer("PATCH prefs", 200, "{}");
    assertEquals(0, run("set", "--advertise-exit-node").exitCode());
    assertTrue(
        daemon
            .requests()
            .get(2)
            .contains("\"AdvertiseRoutes\":[\"10.0.0.0/8\",\"0.0.0.0/0\",\"::/0\"]"),
        daemon.requests().toString());
  }

  @Test
  void whatTheDaemonRefusesIsNotChanged() {
    prefs(Prefs.defaults());
    daemon.answer("POST check-prefs", 200, "{\"Error\":\"no SSH server\"}");
    assertEquals(new CliRun(1, "", "no SSH server\n"), run("set", "--ssh"));
    assertEquals(2, daemon.requests().size());
  }

  @Test
  void setNeedsSomethingToSet() {
    assertEquals(2, run("set").exitCode());
  }

  @Test
  void getShowsOneSettingAllOfThemOrFlagsForSet() {
    prefs(Prefs.defaults().with(Pref.HOSTNAME, "laptop").with(Pref.RUN_SSH, true));
    assertEquals(new CliRun(0, "true\n", ""), run("get", "ssh"));
    assertEquals(new CliRun(0, "laptop\n", ""), run("get", "hostname"));
    String all = run("get").out();
    assertTrue(all.startsWith("NAME "), all);
    assertTrue(all.contains("\nsnat-subnet-routes          true"), all);
    assertTrue(run("get", "--set-flags").out().contains("--hostname=laptop"), "flags");
    assertTrue(run("get", "--json").out().contains("\"ssh\": true"), "JSON");
    assertTrue(run("get", "hostnam").err().contains("did you mean hostname?"), "a nearby word");
  }

  @Test
  void switchListsTheLoginsAndMarksTheOneInUse() {
    daemon.answer("GET profiles/current", 200, CURRENT).answer("GET profiles/", 200, PROFILES);
    assertEquals(
        "ID    Tailnet    Account   \n5a0c  lab.net    work*     \n77f1  home.weft  bob@home  \n",
        run("switch", "--list").out());
    assertTrue(run("switch", "--list", "--json").out().contains("\"account\": \"ann@lab\""));
  }

  @Test
  void switchFindsALoginByTailnetAndWaitsUntilItRuns() {
    daemon
        .answer("GET profiles/current", 200, CURRENT)
        .answer("GET profiles/", 200, PROFILES)
        .answer("POST profiles/77f1", 204, "")
        .answer("GET status", 200, "{\"BackendState\":\"Running\"}");
    assertEquals(
        new CliRun(0, "Switching to account \"home.weft\"\nSuccess.\n", ""),
        run("switch", "home.weft"));
    assertEquals(
        new CliRun(0, "Already on account \"work\"\n", ""), run("switch", "work"), "in use");
    assertEquals(1, run("switch", "nobody").exitCode());
  }

  @Test
  void aLoginThatIsNotInUseCanBeRemoved() {
    daemon
        .answer("GET profiles/current", 200, CURRENT)
        .answer("GET profiles/", 200, PROFILES)
        .answer("DELETE profiles/77f1", 204, "");
    assertEquals(0, run("switch", "remove", "bob@home").exitCode());
    assertTrue(daemon.requests().contains("DELETE profiles/77f1"));
    assertEquals(1, run("switch", "remove", "work").exitCode(), "the one in use");
  }

  @Test
  void aLoginBeginsBesideTheOthersAtTheSameServer() {
    prefs(Prefs.defaults().with(Pref.CONTROL_URL, "https://control.example.com"));
    daemon
        .answer("PUT profiles/", 201, "")
        .answer("GET status", 200, "{\"BackendState\":\"NeedsLogin\"}")
        .answer("POST check-prefs", 200, "{}")
        .answer("POST start", 204, "")
        .answer("POST login-interactive", 204, "")
        .events("{\"State\":6}");
    CliRun run = run("login", "--nickname=work", "--timeout=5s");
    assertEquals(0, run.exitCode(), run.toString());
    List<String> requests = daemon.requests();
    assertEquals("PUT profiles/", requests.get(1));
    assertTrue(
        requests.stream()
            .anyMatch(r ->
                r.startsWith("POST start")
                    && r.contains("https://control.example.com")
                    && r.contains("\"ProfileName\":\"work\"")),
        requests.toString());
  }

  @Test
  void wrongFlagsOfALoginChangeNothing() {
    assertEquals(1, run("login", "--hostname=-bad-").exitCode());
    assertEquals(List.of(), daemon.requests());
  }

  @Test
  void anAnswerOfTheResolverIsShownAsATable() {
    byte[] reply =
        DnsReply.encode(
            1, new DnsQuestion("b.lab.net.", DnsType.A), List.of(Ip.parse("100.64.0.2")));
    daemon.answer(
        "GET dns-query",
        200,
        "{\"Bytes\":\""
            + Base64.getEncoder().encodeToString(reply)
            + "\",\"Resolvers\":[{\"Addr\":\"192.0.2.1\"}]}");
    String text = run("dns", "query", "b.lab.net").out();
    assertTrue(text.contains("Response code: RCodeSuccess"), text);
    assertTrue(text.contains("b.lab.net.  600  ClassINET  TypeA  100.64.0.2"), text);
    assertTrue(text.contains("  - 192.0.2.1"), text);
    assertTrue(run("dns", "query", "--json", "b").out().contains("\"Body\": \"100.64.0.2\""));
    daemon.answer("GET dns-query", 200, "{\"Bytes\":\"AAAA\"}");
    assertEquals(
        new CliRun(1, "", "the daemon's answer is no DNS message\n"), run("dns", "query", "b"));
  }

  @Test
  void countersAreWrittenInOneStep() throws IOException {
    daemon.answer("GET usermetrics", 200, "weft_peers 1\n");
    Path file = folder.resolve("weft.prom");
    assertEquals(0, run("metrics", "write", file.toString()).exitCode());
    assertEquals("weft_peers 1\n", Files.readString(file));
    assertEquals(new CliRun(0, "weft_peers 1\n", ""), run("metrics"));
    assertEquals(2, run("metrics", "write").exitCode());
  }

  @Test
  void statusSaysWhyAPeerIsRelayedAndHowLongTheKeyIsGood() {
    Instant soon = Instant.now().plus(3, ChronoUnit.DAYS).plus(1, ChronoUnit.HOURS);
    daemon.answer(
        "GET status",
        200,
        """
        {"BackendState":"Running","MagicDNSSuffix":"lab.net",
         "Self":{"DNSName":"a.lab.net.","TailscaleIPs":["100.64.0.1"],"OS":"linux","Online":true,"KeyExpiry":"%s"},
         "Peer":{"nodekey:%s":{"PublicKey":"nodekey:%s","DNSName":"b.lab.net.","OS":"linux","Online":true,"Active":true,"Relay":"lab","RelayedBecause":"UDP is blocked here"}}}
        """
            .formatted(soon, "2".repeat(64), "2".repeat(64)));
    String out = run("status").out();
    assertTrue(out.contains("\n# Relayed: b: UDP is blocked here\n"), out);
    assertTrue(out.contains("\n# Key: EXPIRES IN 3 DAYS, "), out);
    assertTrue(out.endsWith("renew it with: weft up --force-reauth\n"), out);
  }

  private void prefs(Prefs prefs) {
    daemon.answer("GET prefs", 200, Json.encodeToText(Prefs.JSON, prefs));
  }

  private CliRun run(String... arguments) {
    return CliRun.of(folder.resolve("sock"), arguments);
  }
}

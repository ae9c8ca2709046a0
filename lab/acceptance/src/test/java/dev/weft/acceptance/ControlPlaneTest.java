package dev.weft.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What an admin does, as official clients take it; once for each version found where it is theirs
/// to take.
class ControlPlaneTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Pattern LOGIN = Pattern.compile("http://\\S+/register/([0-9a-f]+)");

  @TestFactory
  Stream<DynamicTest> aLoginWithoutAKeyWaitsForTheAdmin() {
    return OfficialClientTest.forEachVersion(official -> {
      try (Lab lab = Lab.up("control-login-" + OfficialClientTest.tag(official), "a=public")) {
        WeftServers servers = WeftServers.startWithCertificate(lab);
        TailnetNode node = TailnetNode.official(lab, "a", "official", official);
        Lab.Proc denied = node.beginUp(WeftServers.URL);
        servers.admin("auth", "deny", loginOf(denied));
        denied.awaitLog("an admin denied this login", LIMIT);
        denied.stop();
        assertLoginByAdmin(lab, servers, node);
      }
    });
  }

  @Test
  void ourNodeLogsInTheSameWay() throws Exception {
    try (Lab lab = Lab.up("control-login-weft", "a=public")) {
      WeftServers servers = WeftServers.start(lab);
      TailnetNode node = TailnetNode.weft(lab, "a", "laptop");
      Lab.Proc denied = node.beginUp(WeftServers.URL);
      servers.admin("auth", "deny", loginOf(denied));
      assertEquals(1, denied.awaitExit(LIMIT), denied.log());
      assertTrue(
          denied
              .log()
              .contains("control refused the login: an admin denied this login; run 'weft up'"),
          denied.log());
      assertLoginByAdmin(lab, servers, node);
    }
  }

  private static void assertLoginByAdmin(Lab lab, WeftServers servers, TailnetNode node)
      throws Exception {
    servers.admin("tags", "set", "tag:web", "--owners=lab");
    Lab.Proc up = node.beginUp(WeftServers.URL, "--advertise-tags=tag:web", "--force-reauth");
    // The log holds the one before, too.
    Await.until(
        "another login waits", LIMIT, () -> servers.admin("auth", "list").contains(node.name()));
    String id =
        servers.admin("auth", "list").lines().skip(1).findFirst().orElseThrow().split(" ", 2)[0];
    String page = lab.run("a", LIMIT, "curl", "-s", WeftServers.URL + "/register/" + id).out();
    assertTrue(page.contains("weft control auth approve " + id + " --user"), page);
    servers.admin("auth", "approve", id, "--user=lab");
    assertEquals(0, up.awaitExit(LIMIT), up.log());
    assertTrue(servers.admin("nodes", "list").contains("tag:web"));
    assertTrue(node.cli("status").contains("tagged-devices"));
  }

  @TestFactory
  Stream<DynamicTest> aLoginThatEndsIsNoticedAndRenewedWithTheSameAddressAndName() {
    return OfficialClientTest.forEachVersion(official -> {
      try (Lab lab =
          Lab.up("control-expiry-" + OfficialClientTest.tag(official), "a=public", "b=public")) {
        WeftServers servers = WeftServers.startWithCertificate(lab);
        TailnetNode node = TailnetNode.official(lab, "a", "official", official);
        TailnetNode peer = TailnetNode.official(lab, "b", "peer", official);
        node.up(WeftServers.URL, servers.key());
        peer.up(WeftServers.URL, servers.key());
        String ip = node.ip();
        assertTrue(peer.cli("ping", "--until-direct=false", "-c=1", "official").contains("pong"));

        servers.admin("nodes", "expire", "official");
        Await.until(
            "the client needs a login",
            LIMIT,
            () -> node.tryCli("status", "--json").out().contains("\"NeedsLogin\""));
        Await.until(
            "its peer knows that",
            LIMIT,
            () -> peer.cli("status", "--json").contains("\"Expired\": true"));

        node.cli(
            "up",
            "--reset",
            "--force-reauth",
            "--login-server=" + WeftServers.URL,
            "--auth-key=" + servers.key(),
            "--hostname=official",
            "--timeout=40s");
        assertEquals(ip, node.ip());
        assertTrue(node.cli("status").contains("official"));
        Await.until(
            "its peer reaches it again",
            LIMIT,
            () ->
                peer.tryCli("ping", "--until-direct=false", "-c=1", "official")
                    .out()
                    .contains("pong"));
        assertFalse(peer.cli("status", "--json").contains("\"Expired\": true"));
        assertEquals(2, servers.admin("nodes", "list").lines().skip(1).count());
      }
    });
  }

  /// The official relay asks our control plane whom it may serve.
  @Test
  void derperServesMembersAndNobodyElse() throws Exception {
    Path official = Peers.require("tailscaled").getParent();
    try (Lab lab = Lab.up("control-derper", "a=udpblocked", "b=udpblocked")) {
      WeftServers servers = WeftServers.start(lab);
      Lab.Proc derper =
          HeadscaleTest.startDerper(lab, "-verify-client-url=" + WeftServers.URL + "/verify");
      Files.writeString(
          servers.derpMap(),
          """
          {"Regions":{"900":{"RegionID":900,"RegionCode":"lab","RegionName":"Lab","Nodes":[
            {"Name":"lab","RegionID":900,"HostName":"@","IPv4":"@","DERPPort":8444,"InsecureForTests":true}]}}}
          """
              .replace("@", Lab.SERVER));
      servers.control().stop();
      servers.restartControl();
      TailnetNode a = TailnetNode.official(lab, "a", "a", official);
      TailnetNode b = TailnetNode.official(lab, "b", "b", official);
      a.up(WeftServers.URL, servers.key());
      b.up(WeftServers.URL, servers.key());
      String pong = a.cli("ping", "--until-direct=false", "-c=3", "b");
      assertTrue(pong.contains("via DERP("), pong);
      assertFalse(derper.log().contains("not allowed"), derper.log());

      // A deleted node still knows the relay, and comes back to it.
      servers.admin("nodes", "delete", "b");
      derper.stop();
      HeadscaleTest.startDerper(lab, "-verify-client-url=" + WeftServers.URL + "/verify")
          .awaitLog("not allowed", LIMIT);
    }
  }

  @TestFactory
  Stream<DynamicTest> clientsGoOnAfterARestoreElsewhere() {
    return OfficialClientTest.forEachVersion(official -> {
      try (Lab lab = Lab.up("control-restore-" + OfficialClientTest.tag(official), "a=public")) {
        WeftServers servers = WeftServers.startWithCertificate(lab);
        TailnetNode node = TailnetNode.official(lab, "a", "official", official);
        node.up(WeftServers.URL, servers.key());
        String ip = node.ip();
        Path file = lab.folder("backup").resolve("weft.backup");
        servers.admin("backup", file.toString());
        servers.control().kill();

        Path elsewhere = lab.folder("elsewhere").resolve("state");
        Lab.Result restored =
            lab.weft("srv", "control", "restore", file.toString(), "--statedir=" + elsewhere);
        assertEquals(0, restored.exit(), restored.all());
        servers.restartControl(elsewhere);
        Await.until(
            "the node is back",
            Duration.ofSeconds(60),
            () -> servers.admin("nodes", "list").contains("online"));
        node.daemon().stop();
        node.startDaemon();
        Await.until("Running", LIMIT, () -> node.tryCli("status").exit() == 0);
        assertEquals(ip, node.ip());
        Await.until(
            "the node is online", LIMIT, () -> servers.admin("nodes", "list").contains("online"));
      }
    });
  }

  private static String loginOf(Lab.Proc up) throws Exception {
    Await.until("a login is shown", LIMIT, () -> LOGIN.matcher(up.log()).find());
    Matcher matcher = LOGIN.matcher(up.log());
    assertTrue(matcher.find());
    return matcher.group(1);
  }
}

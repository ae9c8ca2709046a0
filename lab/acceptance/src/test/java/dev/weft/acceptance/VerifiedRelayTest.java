package dev.weft.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Relays that serve only whom a control plane vouches for, ours and the official ones in each
/// other's place. UDP is blocked, so what arrives was relayed.
class VerifiedRelayTest {
  private static final int BLOB_BYTES = 3_000_000;

  @Test
  void ourRelayAsksOurControlPlane() throws Exception {
    try (Lab lab = Lab.up("verify-ours", "a=udpblocked", "b=udpblocked")) {
      WeftServers servers =
          WeftServers.start(
              lab,
              List.of(
                  "--verify-client-url=" + WeftServers.URL + "/verify",
                  "--verify-client-url-fail-open=false",
                  "--metrics=127.0.0.1:9091"));
      exchange(lab, WeftServers.URL, servers.key("--reusable"), "lab.weft");
      assertEquals(2, WeftServers.metric(lab, "weft_relay_clients"));
      assertEquals(0, WeftServers.metric(lab, "weft_relay_clients_refused_total"));

      servers.control().stop();
      servers.restartControl(lab.folder("another-tailnet"));
      servers.relay().stop();
      servers.restartRelay();
      Await.until(
          "each node has come back and was turned away",
          Duration.ofSeconds(60),
          () -> WeftServers.metric(lab, "weft_relay_clients_refused_total") >= 2);
      assertEquals(0, WeftServers.metric(lab, "weft_relay_clients"));
    }
  }

  @Test
  void derperAsksOurControlPlane() throws Exception {
    try (Lab lab = Lab.up("verify-derper", "a=udpblocked", "b=udpblocked")) {
      WeftServers servers = WeftServers.startWithDerper(lab);
      exchange(lab, WeftServers.URL, servers.key("--reusable"), "lab.weft");
    }
  }

  @Test
  void ourRelayAsksHeadscale() throws Exception {
    try (Lab lab = Lab.up("verify-headscale", "a=udpblocked", "b=udpblocked")) {
      String url = "http://" + Lab.SERVER + ":8080";
      String key = HeadscaleTest.startHeadscaleAlone(lab);
      startRelay(lab, url);
      exchange(lab, url, key, "lab.net");
      assertEquals(2, WeftServers.metric(lab, "weft_relay_clients"));
      assertEquals(0, WeftServers.metric(lab, "weft_relay_clients_refused_total"));
    }
  }

  private static void startRelay(Lab lab, String control) throws Exception {
    Lab.Proc relay =
        lab.startWeft(
            "srv",
            "relay",
            "relay",
            "--listen=" + Lab.SERVER + ":8444",
            "--stun=" + Lab.SERVER + ":3478",
            "--hostname=" + Lab.SERVER,
            "--statedir=" + lab.folder("relay-state"),
            "--verify-client-url=" + control + "/verify",
            "--verify-client-url-fail-open=false",
            "--metrics=127.0.0.1:9091");
    Await.until(
        "the relay listens", Duration.ofSeconds(20), () -> relay.log().contains("Relay listens"));
  }

  private static void exchange(Lab lab, String control, String key, String domain)
      throws Exception {
    TailnetNode ours = TailnetNode.weft(lab, "a", "ours");
    TailnetNode theirs =
        TailnetNode.official(lab, "b", "theirs", Peers.require("tailscaled").getParent());
    ours.up(control, key);
    theirs.up(control, key);
    Path site = FirstLightTest.pages(lab, BLOB_BYTES);
    ours.startSite(3000, site);
    ours.cli("serve", "--bg", "3000");
    String url = "http://ours." + domain + "/";
    Await.until(
        "each knows of the other", Duration.ofSeconds(30), () -> theirs.fetch(url).exit() == 0);
    FirstLightTest.assertFetches(theirs, url, site);
    String pong = theirs.tryCli("ping", "--until-direct=false", "-c=1", "ours").out();
    assertTrue(pong.contains("via DERP("), pong);
  }
}

package dev.weft.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Wrong input gets one clear line that says what to do, and loses nothing.
class BadInputTest {
  @Test
  void aWrongAuthKeyIsNamedAsSuch() throws Exception {
    try (Lab lab = Lab.up("badkey", "a=public")) {
      WeftServers.start(lab);
      TailnetNode node = TailnetNode.weft(lab, "a", "node");
      Lab.Result result =
          node.tryCli(
              "up",
              "--login-server=" + WeftServers.URL,
              "--auth-key=hskey-nonsense",
              "--timeout=20s");
      assertRefused(result, "refused the auth key");
      assertFalse(result.all().contains("timeout"), "said at once: " + result.all());
    }
  }

  @Test
  void aUsedAuthKeyIsNamedAsSuch() throws Exception {
    try (Lab lab = Lab.up("usedkey", "a=public", "b=public")) {
      WeftServers servers = WeftServers.start(lab);
      String key = servers.key();
      TailnetNode.weft(lab, "a", "first").up(WeftServers.URL, key);
      Lab.Result result =
          TailnetNode.weft(lab, "b", "second")
              .tryCli(
                  "up", "--login-server=" + WeftServers.URL, "--auth-key=" + key, "--timeout=20s");
      assertRefused(result, "used");
      assertFalse(result.all().contains(key), "the key itself is not printed");
    }
  }

  @Test
  void anUnreachableControlPlaneIsNamed() throws Exception {
    try (Lab lab = Lab.up("nocontrol", "a=public")) {
      TailnetNode node = TailnetNode.weft(lab, "a", "node");
      Lab.Result result =
          node.tryCli(
              "up", "--login-server=http://10.77.0.10:8080", "--auth-key=k", "--timeout=10s");
      assertRefused(result, "10.77.0.10");
    }
  }

  @Test
  void aChangedControlKeyIsRefused() throws Exception {
    try (Lab lab = Lab.up("changedkey", "a=public")) {
      WeftServers servers = WeftServers.start(lab);
      TailnetNode node = TailnetNode.weft(lab, "a", "node");
      node.up(WeftServers.URL, servers.key());
      servers.control().stop();
      Lab.deleteTree(lab.folder("control-state"));
      servers.restartControl();
      servers.admin("users", "create", "lab");
      node.daemon().stop();
      node.startDaemon();
      Lab.Result result =
          node.tryCli(
              "up",
              "--login-server=" + WeftServers.URL,
              "--auth-key=" + servers.key(),
              "--hostname=node",
              "--force-reauth",
              "--timeout=20s");
      assertRefused(result, "key");
    }
  }

  @Test
  void aCorruptStateFileIsNotOverwritten() throws Exception {
    try (Lab lab = Lab.up("corrupt", "a=public")) {
      Path state = lab.folder("node").resolve("weft.state");
      byte[] garbage = "{\"half\": ".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      Files.write(state, garbage);
      TailnetNode node = TailnetNode.weft(lab, "a", "node");
      assertTrue(node.tryCli("status").all().contains(state.toString()), "names the file");
      Lab.Result up = node.tryCli("up", "--login-server=" + WeftServers.URL, "--timeout=5s");
      assertRefused(up, "state store is unhealthy");
      assertArrayEquals(garbage, Files.readAllBytes(state));
    }
  }

  @Test
  void aSecondDaemonOnOneStateFolderIsRefused() throws Exception {
    try (Lab lab = Lab.up("second", "a=public")) {
      TailnetNode first = TailnetNode.weft(lab, "a", "node");
      Path folder = lab.folder("node");
      Lab.Result result =
          lab.weft(
              "a",
              "daemon",
              "--statedir=" + folder,
              "--socket=" + folder.resolve("other"),
              "--tun=userspace-networking");
      assertRefused(result, folder.toString());
      assertTrue(first.daemon().isAlive());
    }
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (Lab lab = Lab.up("portinuse", "a=public")) {
      WeftServers.start(lab);
      Lab.Result result =
          lab.weft(
              "srv",
              "relay",
              "--listen=10.77.0.10:8443",
              "--stun=10.77.0.10:3479",
              "--hostname=10.77.0.10",
              "--statedir=" + lab.folder("other-relay"));
      assertRefused(result, "8443");
      assertTrue(result.err().contains("java (pid"), "names the holder: " + result.all());
    }
  }

  @Test
  void aControlPlaneWithoutARelayRefusesToStart() throws Exception {
    try (Lab lab = Lab.up("norelay", "a=public")) {
      Path map = lab.folder("map").resolve("empty.json");
      Files.writeString(map, "{\"Regions\":{}}");
      Lab.Result result =
          lab.weft(
              "srv",
              "control",
              "serve",
              "--statedir=" + lab.folder("c"),
              "--listen=10.77.0.10:8080",
              "--url=http://10.77.0.10:8080",
              "--domain=lab.weft",
              "--derp-map=" + map);
      assertRefused(result, "relay");
    }
  }

  @Test
  void anUnknownCommandOrFlagIsNamed() throws Exception {
    try (Lab lab = Lab.up("unknown", "a=public")) {
      assertRefused(lab.weft("a", "stauts"), "stauts");
      assertRefused(lab.weft("a", "up", "--logn-server=x"), "logn-server");
      assertRefused(lab.weft("a", "daemon", "--prot=1"), "prot");
      assertRefused(lab.weft("a", "relay", "--lissten=x"), "lissten");
      assertRefused(lab.weft("a", "control", "serv"), "serv");
      assertRefused(lab.weft("a", "quickstart", "--frsh"), "frsh");
    }
  }

  @Test
  void aCommandWithoutADaemonSaysHowToStartOne() throws Exception {
    try (Lab lab = Lab.up("nodaemon", "a=public")) {
      Lab.Result result = lab.weft("a", "--socket=" + lab.folder("x").resolve("sock"), "status");
      assertRefused(result, "weft daemon");
    }
  }

  private static void assertRefused(Lab.Result result, String mustSay) {
    assertNotEquals(0, result.exit(), result.all());
    String said = result.out() + result.err();
    assertTrue(said.contains(mustSay), "says '" + mustSay + "': " + result.all());
    assertFalse(
        said.contains("\tat ") || said.contains("Exception"), "no stack trace: " + result.all());
    assertTrue(said.strip().lines().count() <= 4, "a line or little more: " + result.all());
  }
}

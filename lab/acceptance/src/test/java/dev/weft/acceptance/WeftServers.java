package dev.weft.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/// Our control plane and relay on `srv`, each its own process, as a user starts them.
final class WeftServers {
  static final String URL = "http://" + Lab.SERVER + ":8080";
  static final String DOMAIN = "lab.weft";

  private final Lab lab;
  private Path controlState;
  private final Path derpMap;
  private final Callable<Lab.Proc> relayStart;
  private Lab.Proc relay;
  private Lab.Proc control;

  private WeftServers(
      Lab lab, Path controlState, Path derpMap, Callable<Lab.Proc> relayStart, Lab.Proc relay)
      throws Exception {
    this.lab = lab;
    this.controlState = controlState;
    this.derpMap = derpMap;
    this.relayStart = relayStart;
    this.relay = relay;
    this.control = startControl();
  }

  /// With a relay that makes its own certificate, which the DERP map pins.
  static WeftServers start(Lab lab) throws Exception {
    return start(lab, List.of());
  }

  /// With a relay whose certificate a private CA signed: clients before 1.82 do not know pins. The
  /// official nodes of the lab trust that CA.
  static WeftServers startWithCertificate(Lab lab) throws Exception {
    return start(lab, List.of("--cert-dir=" + lab.certificates()));
  }

  /// With the official relay instead of ours, which asks our control plane about its clients.
  static WeftServers startWithDerper(Lab lab) throws Exception {
    Callable<Lab.Proc> derper =
        () ->
            HeadscaleTest.startDerper(
                lab, "-verify-client-url=" + URL + "/verify", "-verify-client-url-fail-open=false");
    return start(lab, derper, map(lab, 8444));
  }

  /// With one region of two relays that mesh: ours, which clients are told to try first, and on
  /// port 8444 the official one.
  static WeftServers startMeshed(Lab lab) throws Exception {
    Path key = lab.folder("mesh").resolve("key");
    Files.writeString(key, "0123456789abcdef".repeat(4));
    Path certificates = lab.certificates();
    Map<String, String> trust = Map.of("SSL_CERT_FILE", lab.roots().toString());
    HeadscaleTest.startDerper(
        lab,
        trust,
        "-certdir=" + certificates,
        "-mesh-psk-file=" + key,
        "-mesh-with=" + Lab.SERVER + ":8443");
    Map<String, String> environment = new HashMap<>(Lab.weftEnvironment());
    environment.putAll(trust);
    List<String> command =
        Lab.weftCommand(
            "relay",
            "--listen=" + Lab.SERVER + ":8443",
            "--stun=" + Lab.SERVER + ":3479",
            "--hostname=" + Lab.SERVER,
            "--statedir=" + lab.folder("relay-state"),
            "--cert-dir=" + certificates,
            "--mesh-psk-file=" + key,
            "--mesh-with=" + Lab.SERVER + ":8444",
            "--metrics=127.0.0.1:9091");
    return start(lab, () -> lab.start("srv", "relay", environment, command), map(lab, 8443, 8444));
  }

  private static WeftServers start(Lab lab, Callable<Lab.Proc> relay, Path map) throws Exception {
    WeftServers servers =
        new WeftServers(lab, lab.folder("control-state"), map, relay, relay.call());
    servers.admin("users", "create", "lab");
    return servers;
  }

  /// One region with relays on these ports of `srv`.
  private static Path map(Lab lab, int... ports) throws IOException {
    List<String> nodes = new ArrayList<>();
    for (int port : ports) {
      nodes.add(
          """
          {"Name":"%2$d","RegionID":900,"HostName":"%1$s","IPv4":"%1$s","IPv6":"none",
           "STUNPort":3478,"DERPPort":%2$d,"InsecureForTests":true}\
          """
              .formatted(Lab.SERVER, port));
    }
    return Files.writeString(
        lab.folder("map").resolve("derp-map.json"),
        """
        {"OmitDefaultRegions":true,"Regions":{"900":{"RegionID":900,"RegionCode":"lab","Nodes":[
        """
            + String.join(",", nodes)
            + "]}}}");
  }

  /// What a counter of our relay says, where it was started with `--metrics=127.0.0.1:9091`.
  static long metric(Lab lab, String name) throws Exception {
    Lab.Result page =
        lab.run("srv", Duration.ofSeconds(10), "curl", "-sf", "http://127.0.0.1:9091/metrics");
    return page.out()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(-1);
  }

  static WeftServers start(Lab lab, List<String> relayFlags) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "relay",
                "--listen=" + Lab.SERVER + ":8443",
                "--stun=" + Lab.SERVER + ":3478",
                "--hostname=" + Lab.SERVER,
                "--statedir=" + lab.folder("relay-state")));
    command.addAll(relayFlags);
    Callable<Lab.Proc> start = () -> lab.startWeft("srv", "relay", command.toArray(String[]::new));
    Lab.Proc relay = start.call();
    Await.until(
        "the relay prints its DERP map",
        Duration.ofSeconds(20),
        () -> !entry(relay.log()).isEmpty());
    Path map = lab.folder("map").resolve("derp-map.json");
    Files.writeString(map, entry(relay.log()));
    WeftServers servers = new WeftServers(lab, lab.folder("control-state"), map, start, relay);
    servers.admin("users", "create", "lab");
    return servers;
  }

  Lab.Proc control() {
    return control;
  }

  /// The DERP map that clients are told; the control plane reads it when it starts.
  Path derpMap() {
    return derpMap;
  }

  /// Starts the control plane again, on another state.
  void restartControl(Path state) throws Exception {
    controlState = state;
    restartControl();
  }

  Lab.Proc relay() {
    return relay;
  }

  /// Starts the relay again, on the state it left.
  void restartRelay() throws Exception {
    relay = relayStart.call();
  }

  /// Starts the control plane again, on the state it left.
  void restartControl() throws Exception {
    control = startControl();
  }

  /// Runs `weft control … --statedir D` and returns its standard output.
  String admin(String... arguments) throws Exception {
    Lab.Result result = tryAdmin(arguments);
    if (result.exit() != 0) {
      throw new IOException("control " + String.join(" ", arguments) + ": " + result.all());
    }
    return result.out().strip();
  }

  /// A fresh auth key; `flags` such as `--reusable`.
  String key(String... flags) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("keys", "create", "--user=lab"));
    arguments.addAll(List.of(flags));
    return admin(arguments.toArray(String[]::new));
  }

  /// Runs `weft control …`, which may fail.
  Lab.Result tryAdmin(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("control"));
    command.addAll(List.of(arguments));
    command.add("--statedir=" + controlState);
    return lab.weft("srv", command.toArray(String[]::new));
  }

  private Lab.Proc startControl() throws Exception {
    Lab.Proc started =
        lab.startWeft(
            "srv",
            "control",
            "control",
            "serve",
            "--statedir=" + controlState,
            "--listen=" + Lab.SERVER + ":8080",
            "--url=" + URL,
            "--domain=" + DOMAIN,
            "--derp-map=" + derpMap);
    Await.until(
        "the control plane answers",
        Duration.ofSeconds(40),
        () -> lab.run("srv", Duration.ofSeconds(5), "curl", "-sf", URL + "/health").exit() == 0);
    return started;
  }

  /// The first whole JSON object in the text; empty while there is none.
  private static String entry(String text) {
    int start = text.indexOf('{');
    int depth = 0;
    for (int i = Math.max(start, 0); start >= 0 && i < text.length(); i++) {
      if (text.charAt(i) == '{') {
        depth++;
      } else if (text.charAt(i) == '}' && --depth == 0) {
        return text.substring(start, i + 1);
      }
    }
    return "";
  }
}

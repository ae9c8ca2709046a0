package dev.weft.relay;

import dev.weft.config.ConfigException;
import dev.weft.config.HostPort;
import dev.weft.config.Setting;
import dev.weft.config.Settings;
import dev.weft.config.SettingsSchema;
import dev.weft.transport.supervise.Supervisor;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// `weft relay`: runs a relay until it is interrupted.
public final class RelayCommand {
  static final Setting<HostPort> LISTEN =
      Setting.hostPort("listen", "where nodes connect, in TLS").orElse(new HostPort("", 443));
  static final Setting<HostPort> STUN =
      Setting.hostPort("stun", "where STUN answers, in UDP").orElse(new HostPort("", 3478));
  static final Setting<String> HOSTNAME =
      Setting.string("hostname", "name or address by which nodes reach this relay");
  static final Setting<Path> CERT_DIR =
      Setting.path("cert-dir", "folder with HOSTNAME.crt and HOSTNAME.key");
  static final Setting<Path> STATE_DIR =
      Setting.path("statedir", "folder for the relay's key and the certificate it makes");
  static final Setting<Boolean> TLS =
      Setting.bool("tls", "false behind a front that ends TLS").orElse(true);
  static final Setting<Integer> REGION =
      Setting.integer("region", "number of the region in the printed DERP map", 1, 999).orElse(900);
  static final Setting<HostPort> HTTP =
      Setting.hostPort(
          "http",
          "where plain HTTP leads to the relay and answers tests for captive portals, e.g. :80");
  static final Setting<HostPort> METRICS =
      Setting.hostPort("metrics", "where /metrics is, for Prometheus, e.g. 127.0.0.1:9091");
  static final Setting<URI> VERIFY_URL =
      Setting.httpUrl(
          "verify-client-url",
          "asked whether to serve a client: your control plane's URL with /verify");
  static final Setting<Boolean> VERIFY_FAIL_OPEN =
      Setting.bool(
              "verify-client-url-fail-open", "serve every client while that URL cannot be reached")
          .orElse(true);
  static final Setting<Boolean> VERIFY_CLIENTS =
      Setting.bool("verify-clients", "serve only the peers that the node on this machine knows")
          .orElse(false);
  static final Setting<Path> SOCKET =
      Setting.path("socket", "that node's socket").orElse(Path.of("/run/weft/weft.sock"));
  static final Setting<Path> MESH_KEY =
      Setting.path("mesh-psk-file", "file with the secret of the region's relays, 64 hex digits");
  static final Setting<List<MeshWith>> MESH_WITH =
      Setting.parsed(
              "mesh-with",
              "the other relays of the region, HOST[:PORT][/ADDRESS-TO-DIAL][#sha256-raw:HASH]",
              MeshWith.EXPECTED,
              MeshWith::parse)
          .list()
          .orElse(List.of());
  static final Setting<Path> RATES =
      Setting.path(
          "rate-config",
          "file with how fast a client may send: {\"PerClientRateLimitBytesPerSec\": BYTES}");

  static final SettingsSchema SCHEMA =
      SettingsSchema.of(
          "weft relay",
          LISTEN,
          STUN,
          HTTP,
          HOSTNAME,
          CERT_DIR,
          STATE_DIR,
          TLS,
          REGION,
          VERIFY_URL,
          VERIFY_FAIL_OPEN,
          VERIFY_CLIENTS,
          SOCKET,
          MESH_KEY,
          MESH_WITH,
          RATES,
          METRICS);

  private static final int EXIT_FAILED = 1;
  private static final int EXIT_USAGE = 2;

  private RelayCommand() {}

  /// Blocks until the thread is interrupted or the process ends.
  ///
  /// @return the exit status
  public static int run(List<String> args, PrintStream out, PrintStream err) {
    return run(args, System.getenv(), out, err, new CountDownLatch(1));
  }

  static int run(
      List<String> args,
      Map<String, String> environment,
      PrintStream out,
      PrintStream err,
      CountDownLatch end) {
    try {
      Settings settings = Settings.load(SCHEMA, args, environment);
      if (settings.helpRequested()) {
        out.print(SCHEMA.usage());
        return 0;
      }
      if (!settings.arguments().isEmpty()) {
        err.println("weft relay takes only flags, not: " + settings.arguments().getFirst());
        return EXIT_USAGE;
      }
      RelayServer relay = RelayServer.start(relaySettings(settings));
      Supervisor supervisor = Supervisor.of(environment);
      try (relay;
          supervisor) {
        announce(relay, settings, out);
        supervisor.ready("relay on " + text(relay.address()), relay.loops());
        end.await();
      }
      return 0;
    } catch (ConfigException e) {
      err.println(e.getMessage());
      return EXIT_USAGE;
    } catch (RelayException e) {
      err.println("weft relay: " + e.getMessage());
      return EXIT_FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private static RelaySettings relaySettings(Settings settings) throws RelayException {
    if (!RelaySettings.isHostname(settings.value(HOSTNAME))) {
      throw settings.rejected(
          HOSTNAME,
          "expected a name or an address such as relay.example.com or 203.0.113.7, found \""
              + settings.value(HOSTNAME)
              + "\"");
    }
    RelaySettings wanted =
        RelaySettings.of(
                socketAddress(settings, LISTEN),
                socketAddress(settings, STUN),
                settings.value(HOSTNAME),
                settings.value(STATE_DIR))
            .withTls(settings.value(TLS));
    Optional<Path> certDir = settings.find(CERT_DIR);
    if (certDir.isPresent()) {
      wanted = wanted.withCertDir(certDir.get());
    }
    if (settings.find(HTTP).isPresent()) {
      wanted = wanted.withHttp(socketAddress(settings, HTTP));
    }
    if (settings.find(METRICS).isPresent()) {
      wanted = wanted.withMetrics(socketAddress(settings, METRICS));
    }
    return wanted.withPolicy(policy(settings));
  }

  private static RelayPolicy policy(Settings settings) throws RelayException {
    RelayPolicy policy = RelayPolicy.OPEN;
    Optional<URI> verifyUrl = settings.find(VERIFY_URL);
    if (verifyUrl.isPresent()) {
      policy = policy.withVerifyUrl(verifyUrl.get(), settings.value(VERIFY_FAIL_OPEN));
    }
    if (settings.value(VERIFY_CLIENTS)) {
      policy = policy.withVerifySocket(settings.value(SOCKET));
    }
    Optional<Path> meshKey = settings.find(MESH_KEY);
    if (meshKey.isPresent()) {
      policy = policy.withMeshKey(MeshKey.read(meshKey.get()));
    }
    List<MeshWith> meshWith = settings.value(MESH_WITH);
    if (!meshWith.isEmpty() && meshKey.isEmpty()) {
      throw settings.rejected(
          MESH_WITH, "needs --mesh-psk-file, by which the relays know each other");
    }
    policy = policy.withMeshWith(meshWith);
    Optional<Path> rates = settings.find(RATES);
    return rates.isPresent() ? policy.withRateFile(rates.get()) : policy;
  }

  private static InetSocketAddress socketAddress(Settings settings, Setting<HostPort> setting) {
    HostPort written = settings.value(setting);
    if (written.isEveryAddress()) {
      return new InetSocketAddress(written.port());
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(written.host()), written.port());
    } catch (UnknownHostException e) {
      throw settings.rejected(setting, "there is no address for " + written.host());
    }
  }

  private static void announce(RelayServer relay, Settings settings, PrintStream out) {
    int region = settings.value(REGION);
    out.println("Relay listens on " + text(relay.address()));
    relay.stunAddress().ifPresent(stun -> out.println("STUN answers on " + text(stun) + " (UDP)"));
    relay.httpAddress().ifPresent(http -> out.println("Plain HTTP leads there from " + text(http)));
    relay
        .metricsAddress()
        .ifPresent(metrics -> out.println("Metrics are at http://" + text(metrics) + "/metrics"));
    out.println("For the DERP map of your control plane:");
    out.println(relay.derpMapJson(region, "r" + region, settings.value(HOSTNAME)));
    if (relay.isPinned()) {
      out.println(
          "It pins this relay's own certificate, which official clients understand from 1.82 on;"
              + " for older ones give --cert-dir a certificate that they trust.");
    }
    out.flush();
  }

  private static String text(InetSocketAddress address) {
    String host =
        address.getAddress().isAnyLocalAddress() ? "" : address.getAddress().getHostAddress();
    return new HostPort(host, address.getPort()).toString();
  }
}

package dev.weft.control;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.config.ConfigException;
import dev.weft.config.HostPort;
import dev.weft.config.Setting;
import dev.weft.config.Settings;
import dev.weft.config.SettingsSchema;
import dev.weft.control.admin.AdminCommands;
import dev.weft.tailcfg.DerpMap;
import dev.weft.transport.supervise.Supervisor;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// `weft control …`: the server, and what admins ask of it.
public final class ControlCommand {
  private static final Setting<Path> STATE_DIR =
      Setting.path("statedir", "the folder that holds the tailnet").orElse(defaultStateDir());
  private static final Setting<HostPort> LISTEN =
      Setting.hostPort("listen", "where clients connect");
  private static final Setting<URI> URL = Setting.httpUrl("url", "how clients reach this server");
  private static final Setting<String> DOMAIN =
      Setting.string("domain", "the suffix of node names").orElse("home.weft");
  private static final Setting<List<String>> DERP_MAP =
      Setting.string("derp-map", "file or URL of a relay map; several are merged").list();
  private static final Setting<Path> TLS_CERT =
      Setting.path("tls-cert", "certificate chain in PEM, for TLS on the listening address");
  private static final Setting<Path> TLS_KEY = Setting.path("tls-key", "its key in PEM");
  private static final Setting<HostPort> HTTP =
      Setting.hostPort("http", "a plain address beside a TLS one, where clients dial first");
  private static final Setting<Duration> EPHEMERAL_TIMEOUT =
      Setting.duration("ephemeral-timeout", "how long an ephemeral node may be offline")
          .orElse(Duration.ofMinutes(5));
  private static final Setting<Duration> KEY_EXPIRY =
      Setting.duration("key-expiry", "how long a login lasts; for ever when not set");

  private static final Setting<List<String>> TRUSTED_PROXY =
      Setting.string("trusted-proxy", "address or network of a front whose X-Forwarded-For counts")
          .list();
  private static final Setting<HostPort> METRICS =
      Setting.hostPort("metrics", "where Prometheus asks; nobody should who must not know");

  private static final Setting<Boolean> FORCE =
      Setting.bool("force", "take the place of what is there");

  static final SettingsSchema SERVE =
      SettingsSchema.of(
              "weft control serve",
              STATE_DIR,
              LISTEN,
              URL,
              DOMAIN,
              DERP_MAP,
              TLS_CERT,
              TLS_KEY,
              HTTP,
              EPHEMERAL_TIMEOUT,
              KEY_EXPIRY,
              TRUSTED_PROXY,
              METRICS)
          .variablePrefix("WEFT_CONTROL_");

  private static final int USAGE_ERROR = 2;

  private ControlCommand() {}

  /// Runs until the command is done; the server, until the process is told to stop.
  public static int run(List<String> args, PrintStream out, PrintStream err) {
    try {
      return dispatch(args, out, err);
    } catch (ConfigException e) {
      err.println(e.getMessage());
      return USAGE_ERROR;
    } catch (IOException | IllegalArgumentException e) {
      err.println("weft control: " + messageOf(e));
      return 1;
    }
  }

  private static int dispatch(List<String> args, PrintStream out, PrintStream err)
      throws IOException {
    if (args.isEmpty()) {
      err.print(usage());
      return USAGE_ERROR;
    }
    String noun = args.getFirst();
    if (noun.matches("--?h(elp)?|help")) {
      out.print(usage());
      return 0;
    }
    if (noun.equals("serve")) {
      return serve(args.subList(1, args.size()), out);
    }
    if (noun.equals("backup") || noun.equals("restore")) {
      return backup(noun, args.subList(1, args.size()), out);
    }
    int status =
        args.size() < 2
            ? USAGE_ERROR
            : new AdminCommands(STATE_DIR, System.getenv(), out)
                .run(noun, args.get(1), args.subList(2, args.size()));
    if (status == USAGE_ERROR) {
      String typed = args.size() < 2 ? noun : noun + " " + args.get(1);
      err.println("weft control: no command '" + typed + "'; weft control --help lists them all");
    }
    return status;
  }

  private static int backup(String verb, List<String> args, PrintStream out) throws IOException {
    SettingsSchema schema =
        SettingsSchema.of("weft control " + verb, STATE_DIR, FORCE).variablePrefix("WEFT_CONTROL_");
    boolean isFileFirst = !args.isEmpty() && !args.getFirst().startsWith("-");
    Settings settings =
        Settings.load(schema, isFileFirst ? args.subList(1, args.size()) : args, System.getenv());
    if (settings.helpRequested()) {
      out.print(schema.usage());
      return 0;
    }
    List<String> files = isFileFirst ? List.of(args.getFirst()) : settings.arguments();
    if (files.size() != 1 || (isFileFirst && !settings.arguments().isEmpty())) {
      throw new IOException(verb + " takes one FILE");
    }
    Path file = Path.of(files.getFirst());
    Path stateDir = settings.value(STATE_DIR);
    boolean force = settings.find(FORCE).orElse(false);
    if (verb.equals("backup")) {
      Backup.write(stateDir, file, force);
      out.println("wrote " + file + ": whoever has it has the tailnet");
    } else {
      Optional<Path> aside = Backup.restore(file, stateDir, force, Instant.now());
      out.println("restored " + stateDir);
      aside.ifPresent(path -> out.println("what was there is in " + path));
    }
    return 0;
  }

  private static int serve(List<String> args, PrintStream out) throws IOException {
    Settings settings = Settings.load(SERVE, args, System.getenv());
    if (settings.helpRequested()) {
      out.print(SERVE.usage());
      return 0;
    }
    if (!settings.arguments().isEmpty()) {
      throw new IOException("serve takes only flags, not: " + settings.arguments());
    }
    CountDownLatch stopped = new CountDownLatch(1);
    ControlServer server = ControlServer.start(read(settings));
    Supervisor supervisor = Supervisor.of(System.getenv());
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  supervisor.close();
                  server.close();
                  stopped.countDown();
                },
                "weft-control-stop"));
    out.printf(
        "control plane of %s listens on %s, key %s%n",
        settings.value(DOMAIN), text(server.address()), server.publicKey());
    out.flush();
    supervisor.ready(
        "control plane of %s on %s".formatted(settings.value(DOMAIN), text(server.address())),
        server.loops());
    try {
      stopped.await();
    } catch (InterruptedException _) {
      server.close();
    }
    return 0;
  }

  private static ControlSettings read(Settings settings) throws IOException {
    return ControlSettings.builder()
        .stateDir(settings.value(STATE_DIR))
        .listen(resolve(settings, LISTEN, settings.value(LISTEN)))
        .http(settings.find(HTTP).map(address -> resolve(settings, HTTP, address)).orElse(null))
        .url(settings.value(URL))
        .domain(settings.value(DOMAIN))
        .derpMap(derpMap(settings))
        .tls(tls(settings))
        .ephemeralTimeout(settings.value(EPHEMERAL_TIMEOUT))
        .keyExpiry(settings.find(KEY_EXPIRY).orElse(null))
        .trustedProxies(trustedProxies(settings))
        .metrics(
            settings.find(METRICS).map(address -> resolve(settings, METRICS, address)).orElse(null))
        .build();
  }

  private static List<IpPrefix> trustedProxies(Settings settings) {
    List<IpPrefix> prefixes = new ArrayList<>();
    for (String text : settings.find(TRUSTED_PROXY).orElse(List.of())) {
      try {
        boolean isNetwork = text.indexOf('/') >= 0;
        Ip ip = isNetwork ? Ip.parse("::") : Ip.parse(text);
        prefixes.add(isNetwork ? IpPrefix.parse(text) : new IpPrefix(ip, ip.isV4() ? 32 : 128));
      } catch (IllegalArgumentException e) {
        throw settings.rejected(TRUSTED_PROXY, text + " is no address or network");
      }
    }
    return prefixes;
  }

  private static DerpMap derpMap(Settings settings) throws IOException {
    try {
      return DerpMaps.load(settings.value(DERP_MAP));
    } catch (NoSuchFileException e) {
      throw settings.rejected(DERP_MAP, "there is no file " + e.getFile());
    }
  }

  private static ControlSettings.@Nullable Tls tls(Settings settings) {
    Optional<Path> certificate = settings.find(TLS_CERT);
    Optional<Path> key = settings.find(TLS_KEY);
    if (certificate.isPresent() != key.isPresent()) {
      throw settings.rejected(
          certificate.isPresent() ? TLS_CERT : TLS_KEY, "--tls-cert and --tls-key go together");
    }
    return certificate.isPresent()
        ? new ControlSettings.Tls(certificate.get(), key.orElseThrow())
        : null;
  }

  private static InetSocketAddress resolve(
      Settings settings, Setting<HostPort> setting, HostPort address) {
    if (address.isEveryAddress()) {
      return new InetSocketAddress((InetAddress) null, address.port());
    }
    InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
    if (resolved.isUnresolved()) {
      throw settings.rejected(setting, "there is no address for " + address.host());
    }
    return resolved;
  }

  private static String text(InetSocketAddress address) {
    return Endpoint.of(address).toString();
  }

  /// As the other programs: the system's folder for root, the user's else.
  private static Path defaultStateDir() {
    Map<String, String> environment = System.getenv();
    @Nullable String home = environment.get("HOME");
    if (home == null || "root".equals(System.getProperty("user.name"))) {
      return Path.of("/var/lib/weft/control");
    }
    @Nullable String xdg = environment.get("XDG_STATE_HOME");
    Path base = xdg == null || xdg.isEmpty() ? Path.of(home, ".local", "state") : Path.of(xdg);
    return base.resolve("weft").resolve("control");
  }

  private static String messageOf(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private static String usage() {
    return "Usage: weft control COMMAND\n\n"
        + "  serve --url URL --listen ADDR:PORT --derp-map FILE-or-URL [flags]\n"
        + "                                  runs the control plane; --help for all flags\n"
        + "  backup FILE [--force]           database and keys, also while it runs\n"
        + "  restore FILE [--force]          while it does not\n"
        + AdminCommands.USAGE;
  }
}

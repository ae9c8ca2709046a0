package dev.weft.runtime;

import dev.weft.config.HostPort;
import dev.weft.config.Secret;
import dev.weft.config.Setting;
import dev.weft.config.Settings;
import dev.weft.config.SettingsSchema;
import dev.weft.node.spi.NodeService;
import dev.weft.transport.proxy.ProxySettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The settings of `weft daemon`, under the names of the original daemon's flags
/// (`docs/protocol/services.md §7.5`).
final class DaemonFlags {
  static final String USERSPACE = "userspace-networking";
  private static final String MEMORY = "mem:";
  private static final int MAX_PORT = 65_535;

  static final Setting<Path> STATEDIR =
      Setting.path("statedir", "folder for keys, preferences and the last network map")
          .environment("TS_STATE_DIR");
  static final Setting<String> STATE =
      Setting.string("state", "state file, or mem: for a node that is forgotten when it stops");
  static final Setting<Path> SOCKET =
      Setting.path("socket", "socket on which the weft command reaches the daemon")
          .environment("TS_SOCKET");
  static final Setting<Integer> PORT =
      Setting.integer(
              "port", "UDP port for direct connections to peers; 0 for any free one", 0, MAX_PORT)
          .orElse(0)
          .environment("PORT");
  static final Setting<String> TUN =
      Setting.string("tun", "how packets reach the machine: " + USERSPACE).orElse(USERSPACE);
  static final Setting<HostPort> SOCKS5 =
      Setting.hostPort("socks5-server", "where a SOCKS5 proxy into the tailnet listens")
          .environment("TS_SOCKS5_SERVER");
  static final Setting<HostPort> HTTP_PROXY =
      Setting.hostPort("outbound-http-proxy-listen", "where an HTTP proxy into the tailnet listens")
          .environment("TS_OUTBOUND_HTTP_PROXY_LISTEN");
  static final Setting<Secret> AUTH_KEY =
      Setting.secret("auth-key", "key that logs a new node in")
          .environment("TS_AUTHKEY", "TS_AUTH_KEY");
  static final Setting<Integer> VERBOSE =
      Setting.integer("verbose", "how much is logged", 0, 2).orElse(0);
  static final Setting<Boolean> VERSION =
      Setting.bool("version", "print the version and end").orElse(false);
  static final Setting<Boolean> NO_LOGS =
      Setting.bool("no-logs-no-support", "understood and without effect: nothing is ever uploaded")
          .orElse(true);

  static final SettingsSchema SCHEMA =
      SettingsSchema.of(
          "weft daemon",
          STATEDIR,
          STATE,
          SOCKET,
          PORT,
          TUN,
          SOCKS5,
          HTTP_PROXY,
          AUTH_KEY,
          VERBOSE,
          VERSION,
          NO_LOGS);

  private DaemonFlags() {}

  static NodeSettings node(
      Settings settings, Map<String, String> environment, List<NodeService> services) {
    if (!settings.value(TUN).equals(USERSPACE)) {
      throw settings.rejected(TUN, "this version of Weft has no TUN device; use " + USERSPACE);
    }
    DefaultPaths defaults =
        DefaultPaths.of(
            environment, System.getProperty("user.name", ""), System.getProperty("user.home", ""));
    Path folder = settings.find(STATEDIR).orElse(defaults.stateFolder());
    String state = settings.find(STATE).orElse("");
    if (state.contains(":") && !state.equals(MEMORY)) {
      throw settings.rejected(
          STATE,
          "only a file or mem: can be used, not " + state.substring(0, state.indexOf(':') + 1));
    }
    Optional<Path> file =
        switch (state) {
          case MEMORY -> Optional.empty();
          case "" -> Optional.of(folder.resolve("weft.state"));
          default -> Optional.of(Path.of(state));
        };
    Optional<InetSocketAddress> socks5 = settings.find(SOCKS5).map(DaemonFlags::address);
    Optional<InetSocketAddress> httpProxy = settings.find(HTTP_PROXY).map(DaemonFlags::address);
    return new NodeSettings(
        file,
        Optional.of(settings.find(SOCKET).orElse(defaults.socket())),
        settings.value(PORT),
        socks5,
        httpProxy,
        ProxySettings.of(environment)
            .without(Stream.concat(socks5.stream(), httpProxy.stream()).toList()),
        settings.find(AUTH_KEY).map(Secret::reveal).orElse(""),
        services);
  }

  /// A port without a host is meant for this machine's programs.
  private static InetSocketAddress address(HostPort where) {
    return new InetSocketAddress(where.host().isEmpty() ? "127.0.0.1" : where.host(), where.port());
  }
}

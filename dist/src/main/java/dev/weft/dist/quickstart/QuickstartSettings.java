package dev.weft.dist.quickstart;

import dev.weft.config.ConfigException;
import dev.weft.config.Setting;
import dev.weft.config.Settings;
import dev.weft.config.SettingsSchema;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What `weft quickstart` was told.
///
/// @param directory where all state lives
/// @param listen the one address that everything binds
/// @param ports where each part listens
/// @param fresh whether to forget an earlier run
record QuickstartSettings(Path directory, InetAddress listen, Ports ports, boolean fresh) {
  private static final int USUAL_PORT = 8080;

  private static final Setting<Path> DIR =
      Setting.path("dir", "folder that keeps the state").orElse(Path.of(".weft"));
  private static final Setting<String> LISTEN =
      Setting.string(
          "listen", "IP address to listen on (default: the primary private IPv4, else 127.0.0.1)");
  private static final Setting<Integer> PORT =
      Setting.integer(
          "port",
          "control plane's port; relay, STUN and the teammate's proxy take the three after it"
              + " (default: 8080, and 8443, 3478, 1055)",
          1,
          65_532);
  private static final Setting<Boolean> FRESH =
      Setting.bool("fresh", "start over: forget the state of earlier runs");

  static final SettingsSchema SCHEMA =
      SettingsSchema.of("weft quickstart", DIR, LISTEN, PORT, FRESH)
          .variablePrefix("WEFT_QUICKSTART_");

  /// @throws ConfigException when something does not fit; the message is for the user
  static Optional<QuickstartSettings> parse(
      List<String> arguments, Map<String, String> environment) {
    Settings settings = Settings.load(SCHEMA, arguments, environment);
    if (settings.helpRequested()) {
      return Optional.empty();
    }
    if (!settings.arguments().isEmpty()) {
      throw new ConfigException(
          "weft quickstart",
          "expected flags only, found '" + settings.arguments().getFirst() + "'");
    }
    InetAddress listen =
        settings.find(LISTEN).map(text -> literal(settings, text)).orElseGet(ListenAddress::choose);
    Ports ports = settings.find(PORT).map(Ports::from).orElse(Ports.USUAL);
    Path directory = settings.value(DIR).toAbsolutePath().normalize();
    return Optional.of(
        new QuickstartSettings(directory, listen, ports, settings.find(FRESH).orElse(false)));
  }

  private static InetAddress literal(Settings settings, String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw settings.rejected(
          LISTEN, "expected an IP address of this machine, found '" + text + "'");
    }
  }

  /// @param control the control plane, TCP
  /// @param relay the relay, TCP
  /// @param stun the relay's STUN, UDP
  /// @param proxy the teammate's SOCKS5 proxy, TCP on loopback
  record Ports(int control, int relay, int stun, int proxy) {
    static final Ports USUAL = new Ports(USUAL_PORT, 8443, 3478, 1055);

    static Ports from(int base) {
      return new Ports(base, base + 1, base + 2, base + 3);
    }
  }
}

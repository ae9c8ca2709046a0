package dev.weft.runtime.control;

import dev.weft.base.Ip;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Which ports of a control server to dial for the Noise connection, and when.
///
/// The table is `docs/protocol/control.md` §2.2: in the open internet port 80 in the clear first,
/// since Noise needs no TLS and a TLS handshake costs more, then TLS; on a private network, only
/// what the URL says.
///
/// @param attempts in the order of their start
record DialPlan(List<Attempt> attempts) {
  private static final Duration HEAD_START = Duration.ofMillis(500);
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  DialPlan {
    attempts = List.copyOf(attempts);
  }

  /// One way in.
  ///
  /// @param delay after the start of the one before; it starts at once when that one fails
  record Attempt(String host, int port, boolean tls, Duration delay) {
    @Override
    public String toString() {
      return (tls ? "https://" : "http://") + host + ":" + port;
    }
  }

  /// The plan for a server.
  ///
  /// @param server with the scheme `http` or `https`
  /// @param recentlyDialled whether a dial was made in the last two minutes: then not in the clear
  ///   first, which may have been what broke
  static DialPlan of(URI server, boolean recentlyDialled) {
    String host = server.getHost();
    boolean https = server.getScheme().equalsIgnoreCase("https");
    int port = server.getPort();
    if (!https && isNear(host)) {
      int only = port < 0 ? HTTP_PORT : port;
      return new DialPlan(List.of(new Attempt(host, only, false, Duration.ZERO)));
    }
    int clearPort = https || port < 0 ? HTTP_PORT : port;
    int tlsPort = https && port >= 0 ? port : HTTPS_PORT;
    if (!recentlyDialled) {
      return new DialPlan(
          List.of(
              new Attempt(host, clearPort, false, Duration.ZERO),
              new Attempt(host, tlsPort, true, HEAD_START)));
    }
    Attempt overTls = new Attempt(host, tlsPort, true, Duration.ZERO);
    // The original stops here, and so cannot come back to a server that has no TLS for two minutes.
    return https
        ? new DialPlan(List.of(overTls))
        : new DialPlan(List.of(overTls, new Attempt(host, clearPort, false, HEAD_START)));
  }

  private static boolean isNear(String host) {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    Optional<Ip> ip = Ip.tryParse(bare);
    return ip.map(address -> address.isLoopback() || address.isPrivate())
        .orElse(bare.toLowerCase(Locale.ROOT).equals("localhost"));
  }
}

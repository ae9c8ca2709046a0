package dev.weft.runtime.control;

import dev.weft.base.Entropy;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.transport.proxy.Uplink;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.net.URI;
import java.time.InstantSource;
import java.util.Locale;

/// What a [ControlClient] works with.
///
/// @param server the login server's URL, `http` or `https`
/// @param loops carries the connection; the node loop does
/// @param channel the socket type that fits the loop
/// @param tls for `/key`: verifies certificates and host names
/// @param uplink how to reach the server
/// @param entropy safe for several threads
/// @param pings answers what control asks the node
public record ControlSettings(
    URI server,
    MachinePrivateKey machine,
    EventLoopGroup loops,
    Class<? extends Channel> channel,
    SslContext tls,
    Uplink uplink,
    Entropy entropy,
    InstantSource clock,
    PingAnswers pings) {

  public ControlSettings {
    String scheme = server.getScheme();
    boolean http = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
    if (!http || server.getHost() == null) {
      throw new IllegalArgumentException("not the URL of a control server: " + server);
    }
    String path = server.getRawPath() == null ? "" : server.getRawPath();
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    // One spelling for one server: it is what its key is remembered by.
    server =
        URI.create(
            scheme.toLowerCase(Locale.ROOT)
                + "://"
                + server.getRawAuthority().toLowerCase(Locale.ROOT)
                + path);
  }

  /// The `host` or `host:port` of the server.
  String authority() {
    return server.getRawAuthority();
  }

  /// The path of an endpoint below the server's URL.
  String path(String endpoint) {
    return server.getRawPath() + endpoint;
  }
}

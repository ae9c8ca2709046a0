package dev.weft.relay;

import dev.weft.base.Ip;
import java.net.URI;

/// Another relay of the region, to connect to.
///
/// @param host the name in its certificate
/// @param dial name or address to connect to, where that is another one
/// @param certName `sha256-raw:` and the hash of the certificate that the relay must present; empty
///   for any of the host that an authority of this machine vouches for
public record MeshWith(String host, int port, String dial, String certName) {
  static final String EXPECTED =
      "relays such as relay-b.example.com, relay-b.example.com:8443/10.0.0.2 or"
          + " 10.0.0.2:8443#sha256-raw:HASH";

  private static final int HTTPS = 443;
  private static final int MAX_PORT = 65_535;
  private static final String PIN = "sha256-raw:[0-9a-f]{64}";

  public MeshWith {
    if (!RelaySettings.isHostname(host) || !RelaySettings.isHostname(dial)) {
      throw new IllegalArgumentException("no name or address of a relay: " + host + "/" + dial);
    }
    if (port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException("no port: " + port);
    }
    if (!certName.isEmpty() && !certName.matches(PIN)) {
      throw new IllegalArgumentException("no hash of a certificate: " + certName);
    }
  }

  /// Reads `HOST[:PORT][/DIAL][#sha256-raw:HASH]`; all but the hash as the official relay does.
  ///
  /// @throws IllegalArgumentException when the text is nothing of the kind
  public static MeshWith parse(String text) {
    int pinAt = text.indexOf('#');
    String certName = pinAt < 0 ? "" : text.substring(pinAt + 1);
    String hosts = pinAt < 0 ? text : text.substring(0, pinAt);
    int dialAt = hosts.indexOf('/');
    URI written = URI.create("https://" + (dialAt < 0 ? hosts : hosts.substring(0, dialAt)));
    if (written.getHost() == null
        || written.getUserInfo() != null
        || certName.isEmpty() == (pinAt >= 0)) {
      throw new IllegalArgumentException("no relay: " + text);
    }
    String host = bare(written.getHost());
    return new MeshWith(
        host,
        written.getPort() < 0 ? HTTPS : written.getPort(),
        dialAt < 0 ? host : bare(hosts.substring(dialAt + 1)),
        certName);
  }

  /// Without the brackets that IPv6 addresses have in URLs.
  private static String bare(String host) {
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String inner = bracketed ? host.substring(1, host.length() - 1) : host;
    return bracketed && Ip.tryParse(inner).isEmpty() ? host : inner;
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}

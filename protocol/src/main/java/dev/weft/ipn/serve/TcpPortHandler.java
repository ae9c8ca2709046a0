package dev.weft.ipn.serve;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.INT;
import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.util.Optional;

/// What happens to connections of one port (`docs/protocol/services.md` §1.1).
///
/// @param https TLS, then the virtual hosts of `Web`
/// @param http the virtual hosts of `Web` in clear text
/// @param tcpForward `host:port` or `unix:/path`; not beside the two above
/// @param terminateTls when not empty: TLS ends here, with the certificate of this name
/// @param proxyProtocol 0 for none, else the version of the PROXY header sent to the target
public record TcpPortHandler(
    boolean https, boolean http, String tcpForward, String terminateTls, int proxyProtocol) {
  static final JsonType<TcpPortHandler> JSON =
      ObjectType.<TcpPortHandler, Builder>of(Builder::new, Builder::build)
          .omit("HTTPS", BOOL, TcpPortHandler::https, (b, v) -> b.https = v)
          .omit("HTTP", BOOL, TcpPortHandler::http, (b, v) -> b.http = v)
          .omit("TCPForward", STRING, TcpPortHandler::tcpForward, (b, v) -> b.tcpForward = v)
          .omit("TerminateTLS", STRING, TcpPortHandler::terminateTls, (b, v) -> b.terminateTls = v)
          .omit("ProxyProtocol", INT, TcpPortHandler::proxyProtocol, (b, v) -> b.proxyProtocol = v)
          .build();

  public static TcpPortHandler web(boolean tls) {
    return new TcpPortHandler(tls, !tls, "", "", 0);
  }

  public static TcpPortHandler forward(String target, String terminateTls, int proxyProtocol) {
    return new TcpPortHandler(false, false, target, terminateTls, proxyProtocol);
  }

  /// Empty for a handler that says nothing.
  public Optional<ServeKind> kind() {
    if (http) {
      return Optional.of(ServeKind.HTTP);
    }
    if (https) {
      return Optional.of(ServeKind.HTTPS);
    }
    if (!terminateTls.isEmpty()) {
      return Optional.of(ServeKind.TLS_TERMINATED_TCP);
    }
    return tcpForward.isEmpty() ? Optional.empty() : Optional.of(ServeKind.TCP);
  }

  public boolean isWeb() {
    return http || https;
  }

  private static final class Builder {
    private boolean https;
    private boolean http;
    private String tcpForward = "";
    private String terminateTls = "";
    private int proxyProtocol;

    private TcpPortHandler build() {
      return new TcpPortHandler(https, http, tcpForward, terminateTls, proxyProtocol);
    }
  }
}

package dev.weft.runtime.socks;

import java.util.Locale;
import java.util.Optional;

/// Where a request to the HTTP proxy leads.
///
/// @param authority as the server is to see it in `Host`
/// @param path with the query, as the server is to see it
record ProxyTarget(String host, int port, String authority, String path) {
  private static final String SCHEME = "http://";
  private static final int HTTP_PORT = 80;

  /// The target of a `CONNECT` (RFC 9112 §3.2.3): a port is needed.
  static Optional<ProxyTarget> ofAuthority(String text) {
    return of(text, -1, "");
  }

  /// An absolute `http://` URI (RFC 9112 §3.2.2). User information is not passed on.
  static Optional<ProxyTarget> ofUri(String text) {
    if (!text.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return Optional.empty();
    }
    int start = SCHEME.length();
    int end = start;
    while (end < text.length() && "/?#".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    int fragment = text.indexOf('#', end);
    String path = text.substring(end, fragment < 0 ? text.length() : fragment);
    String authority = text.substring(start, end);
    return of(
        authority.substring(authority.lastIndexOf('@') + 1),
        HTTP_PORT,
        path.startsWith("/") ? path : "/" + path);
  }

  private static Optional<ProxyTarget> of(String authority, int defaultPort, String path) {
    boolean bracketed = authority.startsWith("[");
    int hostEnd = bracketed ? authority.indexOf(']') + 1 : authority.indexOf(':');
    String written = hostEnd < 0 ? authority : authority.substring(0, hostEnd);
    String rest = authority.substring(written.length());
    String host = bracketed && hostEnd > 1 ? written.substring(1, hostEnd - 1) : written;
    if (host.isEmpty() || !isPlain(host) || bracketed && hostEnd == 0) {
      return Optional.empty();
    }
    int port = rest.isEmpty() || rest.equals(":") ? defaultPort : port(rest);
    return port < 1 ? Optional.empty() : Optional.of(new ProxyTarget(host, port, authority, path));
  }

  private static boolean isPlain(String host) {
    return host.chars().allMatch(c -> c > ' ' && c < 0x7f && "/\\@%?#[]".indexOf(c) < 0);
  }

  private static int port(String rest) {
    String digits = rest.substring(1);
    boolean valid =
        rest.charAt(0) == ':'
            && digits.length() <= 5
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    int port = valid ? Integer.parseInt(digits) : -1;
    return port <= 0xffff ? port : -1;
  }
}

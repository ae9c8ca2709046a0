package dev.weft.transport.proxy;

import dev.weft.base.Ip;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A proxy, and what it is to be told of us.
public final class HttpProxy {
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://(.*)");
  private static final Pattern HOST =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^\\[\\]:/?#@\\s]+))(?::(\\d{1,5}))?");
  private static final int HTTP = 80;
  private static final int HTTPS = 443;
  private static final int MAX_PORT = 65_535;

  private final boolean tls;
  private final String host;
  private final int port;
  private final Optional<String> authorization;

  private HttpProxy(boolean tls, String host, int port, Optional<String> authorization) {
    this.tls = tls;
    this.host = host;
    this.port = port;
    this.authorization = authorization;
  }

  /// Reads a URL, or `host[:port]` of a proxy without TLS.
  ///
  /// @throws IllegalArgumentException saying what is wrong, without the text: it may hold a
  ///   password
  static HttpProxy parse(String text) {
    Matcher url = SCHEME.matcher(text.strip());
    String scheme = url.matches() ? url.group(1).toLowerCase(Locale.ROOT) : "http";
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException(
          "names a " + scheme + " proxy, where only http:// and https:// ones can be used");
    }
    String rest = url.matches() ? url.group(2) : text.strip();
    int end = rest.indexOf('/', rest.lastIndexOf('@') + 1);
    String authority = end < 0 ? rest : rest.substring(0, end);
    int at = authority.lastIndexOf('@');
    Matcher where = HOST.matcher(authority.substring(at + 1));
    if (!where.matches()) {
      throw new IllegalArgumentException("is not the URL of a proxy");
    }
    boolean tls = scheme.equals("https");
    int port = where.group(3) == null ? (tls ? HTTPS : HTTP) : Integer.parseInt(where.group(3));
    if (port == 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("names a port that there is not");
    }
    String host = where.group(1) == null ? where.group(2) : where.group(1);
    return new HttpProxy(
        tls,
        host,
        port,
        at < 0 ? Optional.empty() : Optional.of(basic(authority.substring(0, at))));
  }

  /// RFC 7617.
  private static String basic(String userInfo) {
    int colon = userInfo.indexOf(':');
    String user = decoded(colon < 0 ? userInfo : userInfo.substring(0, colon));
    String password = decoded(colon < 0 ? "" : userInfo.substring(colon + 1));
    byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  /// A `%` that escapes nothing stands for itself: people paste passwords.
  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  /// Whether the proxy itself is spoken to in TLS.
  public boolean tls() {
    return tls;
  }

  /// A name or an address, without brackets.
  public String host() {
    return host;
  }

  public int port() {
    return port;
  }

  /// The value of `Proxy-Authorization`, a secret.
  Optional<String> authorization() {
    return authorization;
  }

  /// Without user and password.
  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + authority(host, port);
  }

  static String authority(String host, int port) {
    boolean bare = host.contains(":") && Ip.tryParse(host).isPresent();
    return (bare ? "[" + host + "]" : host) + ":" + port;
  }
}

package dev.weft.serve;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A backend of the configuration, taken apart (`docs/protocol/services.md` §1.7).
///
/// @param configured as it stands in the configuration: what a person recognises
/// @param tls spoken to the backend
/// @param verified whether its certificate is checked
/// @param path that requests are put behind; empty or starting with `/`
/// @param query that goes before that of a request; empty without one
record Backend(
    String configured,
    boolean tls,
    boolean verified,
    String host,
    int port,
    String path,
    String query) {
  private static final Pattern URL =
      Pattern.compile(
          "(?:(http|https|https\\+insecure)://)?(\\[[0-9A-Fa-f:.%]+]|[A-Za-z0-9._-]+)(?::(\\d{1,5}))?(/[^?#\\s]*)?(?:\\?([^#\\s]*))?");

  /// Where connections go: those to one origin share a pool.
  record Origin(boolean tls, boolean verified, String host, int port) {}

  /// Empty for a form that is not served, such as `unix:`.
  static Optional<Backend> parse(String configured) {
    String text = configured.matches("\\d{1,5}") ? "127.0.0.1:" + configured : configured;
    Matcher url = URL.matcher(text);
    if (!url.matches()) {
      return Optional.empty();
    }
    String scheme = url.group(1) == null ? "http" : url.group(1);
    boolean tls = !scheme.equals("http");
    String host = url.group(2).replaceAll("[\\[\\]]", "");
    int port = url.group(3) == null ? tls ? 443 : 80 : Integer.parseInt(url.group(3));
    if (port < 1 || port > 65535) {
      return Optional.empty();
    }
    return Optional.of(
        new Backend(
            configured,
            tls,
            !scheme.equals("https+insecure"),
            host,
            port,
            url.group(4) == null ? "" : url.group(4),
            url.group(5) == null ? "" : url.group(5)));
  }

  Origin origin() {
    return new Origin(tls, verified, host, port);
  }

  /// For the `Host` field where the client named none.
  String authority() {
    String name = host.contains(":") ? "[" + host + "]" : host;
    return port == (tls ? 443 : 80) ? name : name + ":" + port;
  }

  /// The target of the request to the backend (`docs/protocol/services.md` §1.6): its own path and
  /// what is left of the request's, one slash between; both queries.
  ///
  /// @param rest the request's path behind the mount; empty when it names the mount exactly
  String target(String rest, @Nullable String requestQuery) {
    String joined;
    if (rest.isEmpty() && !path.isEmpty()) {
      joined = path;
    } else if (path.endsWith("/") && rest.startsWith("/")) {
      joined = path + rest.substring(1);
    } else if (path.endsWith("/") || rest.startsWith("/")) {
      joined = path + rest;
    } else {
      joined = path + "/" + rest;
    }
    if (query.isEmpty()) {
      return requestQuery == null ? joined : joined + "?" + requestQuery;
    }
    boolean both = requestQuery != null && !requestQuery.isEmpty();
    return joined + "?" + query + (both ? "&" + requestQuery : "");
  }
}

package dev.weft.serve;

import dev.weft.ipn.serve.HostPort;
import dev.weft.ipn.serve.HttpHandler;
import dev.weft.ipn.serve.HttpHandler.Action;
import dev.weft.ipn.serve.MountPath;
import dev.weft.ipn.serve.ServeConfig;
import dev.weft.ipn.serve.TcpPortHandler;
import dev.weft.ipn.serve.WebServerConfig;
import dev.weft.serve.http1.RequestHead;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One serve configuration, ready to be asked by each request. Immutable.
final class Router {
  static final Router EMPTY = new Router(ServeConfig.EMPTY);

  private final ServeConfig config;
  private final Map<String, Optional<Backend>> backends = new HashMap<>();

  Router(ServeConfig config) {
    this.config = config;
    collect(config);
    config.foreground().values().forEach(this::collect);
  }

  private void collect(ServeConfig part) {
    for (WebServerConfig web : part.web().values()) {
      for (HttpHandler handler : web.handlers().values()) {
        if (!handler.proxy().isEmpty()) {
          backends.put(handler.proxy(), Backend.parse(handler.proxy()));
        }
      }
    }
  }

  Set<Backend.Origin> origins() {
    Set<Backend.Origin> origins = new LinkedHashSet<>();
    backends.values().forEach(backend -> backend.ifPresent(b -> origins.add(b.origin())));
    return origins;
  }

  Optional<TcpPortHandler> port(int port) {
    return config.findTcp(port);
  }

  /// What answers a request.
  sealed interface Route {
    /// @param rest the request's path without the mount
    record Proxy(Backend backend, String rest) implements Route {}

    record Text(String body) implements Route {}

    record Redirect(int status, String location) implements Route {}

    record NotFound() implements Route {}

    /// Configured, and not something this node can do.
    record Unserved(String why) implements Route {}
  }

  /// @param serverName the name of the TLS handshake, or empty in clear text, where the `Host`
  ///   field decides
  Route route(RequestHead request, int port, String serverName, String magicDnsSuffix) {
    String host = serverName.isEmpty() ? hostName(request.host(), magicDnsSuffix) : serverName;
    WebServerConfig web =
        host.isEmpty() ? null : config.findWeb(new HostPort(host, port)).orElse(null);
    if (web == null) {
      return new Route.NotFound();
    }
    String path = request.path();
    MountPath.Match match = MountPath.find(web.handlers(), decoded(path)).orElse(null);
    if (match == null) {
      return new Route.NotFound();
    }
    return switch (match.handler().action()) {
      case Action.Text text -> new Route.Text(text.body());
      case Action.Redirect redirect ->
          new Route.Redirect(
              redirect.status(),
              redirect
                  .url()
                  .replace("${HOST}", request.host())
                  .replace("${REQUEST_URI}", request.target()));
      case Action.Path _ ->
          new Route.Unserved(
              "Serving files and folders is not part of this version: serve a port instead.");
      case Action.Proxy proxy -> proxied(proxy.backend(), match.mount(), path);
      case Action.None() -> new Route.Unserved("empty handler");
    };
  }

  private Route proxied(String configured, String mount, String path) {
    Optional<Backend> backend = backends.getOrDefault(configured, Optional.empty());
    if (backend.isEmpty()) {
      return new Route.Unserved(
          "This version has no way to reach what is served here: serve an http:// or https:// address.");
    }
    String prefix = mount.endsWith("/") ? mount.substring(0, mount.length() - 1) : mount;
    // The mount was found by what the path means; it is taken off what was sent, and only where
    // that is the same.
    if (!path.equals("/") && !path.startsWith(prefix)) {
      return new Route.NotFound();
    }
    String rest = path.equals("/") ? path : path.substring(prefix.length());
    // A backend with a path shows that part of a program and no other.
    return !backend.get().path().isEmpty() && climbsOut(decoded(rest))
        ? new Route.NotFound()
        : new Route.Proxy(backend.get(), rest);
  }

  /// Whether any program could read the path as one that leaves the folder it begins in. Some take
  /// a backslash for a slash, some drop what follows a semicolon in each segment, some do not count
  /// empty segments.
  private static boolean climbsOut(String path) {
    int depth = 0;
    for (String segment : path.split("[/\\\\]", -1)) {
      int semicolon = segment.indexOf(';');
      switch (semicolon < 0 ? segment : segment.substring(0, semicolon)) {
        case "", "." -> {}
        case ".." -> depth--;
        default -> depth++;
      }
      if (depth < 0) {
        return true;
      }
    }
    return false;
  }

  /// Short names mean machines of the tailnet.
  private static String hostName(String authority, String magicDnsSuffix) {
    int colon = authority.lastIndexOf(':');
    String host = colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    host = host.toLowerCase(Locale.ROOT);
    if (host.endsWith(".")) {
      host = host.substring(0, host.length() - 1);
    }
    if (host.isEmpty() || host.startsWith("[") || NetUtil.isValidIpV4Address(host)) {
      return "";
    }
    boolean full = magicDnsSuffix.isEmpty() || host.endsWith("." + magicDnsSuffix);
    return full ? host : host + "." + magicDnsSuffix;
  }

  /// Percent-decoding of a path whose escapes are known to be valid.
  private static String decoded(String path) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    byte[] out = new byte[path.length()];
    int length = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '%') {
        out[length++] = (byte) Integer.parseInt(path, i + 1, i + 3, 16);
        i += 2;
      } else {
        out[length++] = (byte) c;
      }
    }
    return new String(out, 0, length, StandardCharsets.UTF_8);
  }
}

package dev.weft.ipn.serve;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A backend as people write it, and the form in which it is kept (`docs/protocol/services.md`
/// §1.7).
public final class ServeTarget {
  static final List<String> WEB_SCHEMES = List.of("http", "https", "https+insecure", "unix");
  static final List<String> TCP_SCHEMES = List.of("tcp", "unix");

  private static final Pattern URL =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://(\\[[^\\]]*]|[^/?:]*)(?::([^/?]*))?([/?].*)?");
  private static final Pattern HOST_NAME =
      Pattern.compile(
          "(?=.{1,253}\\.?$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\\.?");
  private static final Pattern IPV6 = Pattern.compile("\\[[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9._-]+)?]");

  private ServeTarget() {}

  /// From what was typed, such as `3000`, `localhost:3000/docs`, `https+insecure://10.0.0.1:8443`
  /// or `unix:/run/app.sock`.
  public static String web(String typed) throws ServeRefusal {
    return expand(typed, WEB_SCHEMES, "http");
  }

  /// From what was typed, such as `22`, `localhost:22` or `tcp://db:5432`, to `host:port` or
  /// `unix:/path`.
  public static String tcp(String typed) throws ServeRefusal {
    String expanded;
    try {
      expanded = expand(typed, TCP_SCHEMES, "tcp");
    } catch (ServeRefusal e) {
      throw ServeRefusal.because("unable to expand target: " + e.getMessage());
    }
    if (expanded.startsWith("unix:")) {
      return expanded;
    }
    Matcher url = matched(expanded);
    if (url.group(3) == null) {
      throw ServeRefusal.because("TCP target \"" + typed + "\" must include a port");
    }
    return url.group(2) + ":" + url.group(3);
  }

  /// Where a kept web or TCP target is on the network: what a command can try to reach before it
  /// promises that it is served. Empty for `unix:` and for what is no target.
  public static Optional<HostPort> address(String kept) {
    Matcher url = URL.matcher(kept.contains("://") ? kept : "tcp://" + kept);
    if (kept.startsWith("unix:") || !url.matches()) {
      return Optional.empty();
    }
    String host = url.group(2).replaceAll("[\\[\\]]", "");
    int port = url.group(1).startsWith("https") ? 443 : 80;
    if (url.group(3) != null) {
      if (!url.group(3).matches("\\d{1,5}")) {
        return Optional.empty();
      }
      port = Integer.parseInt(url.group(3));
    }
    return host.isEmpty() || port < 1 || port > 65535
        ? Optional.empty()
        : Optional.of(new HostPort(host, port));
  }

  private static String expand(String typed, List<String> schemes, String defaultScheme)
      throws ServeRefusal {
    if (typed.isEmpty()) {
      throw ServeRefusal.because("empty target");
    }
    if (typed.matches("\\d{1,5}") && Integer.parseInt(typed) <= 65535) {
      return defaultScheme + "://127.0.0.1:" + port(Integer.toString(Integer.parseInt(typed)));
    }
    if (typed.startsWith("unix:")) {
      if (typed.length() == "unix:".length()) {
        throw ServeRefusal.because("unix socket path cannot be empty");
      }
      return typed;
    }
    boolean hasScheme = typed.contains("://");
    String target = hasScheme ? typed : defaultScheme + "://" + typed;
    // What a backend asks for belongs to its clients, not into a stored configuration.
    if (target.matches("[^/]*://[^/?]*@.*")) {
      throw ServeRefusal.because("a target must not contain a user name or a password");
    }
    Matcher url = matched(target);
    String scheme = url.group(1).toLowerCase(Locale.ROOT);
    if (!schemes.contains(scheme)) {
      throw ServeRefusal.because(
          "must be a URL starting with one of the supported schemes: [%s]"
              .formatted(String.join(" ", schemes)));
    }
    String host = url.group(2);
    checkHost(host, url.group(3) != null, hasScheme, target);
    String rest = url.group(4) == null ? "" : url.group(4);
    String port = url.group(3) == null ? "" : ":" + port(url.group(3));
    return scheme + "://" + host + port + rest;
  }

  private static Matcher matched(String target) throws ServeRefusal {
    Matcher url = URL.matcher(target);
    boolean clean = target.chars().allMatch(c -> c > ' ' && c != 0x7f && c != '#' && c != '\\');
    if (!url.matches() || !clean) {
      throw ServeRefusal.because("invalid URL \"" + target + "\"");
    }
    return url;
  }

  private static void checkHost(String host, boolean hasPort, boolean hasScheme, String target)
      throws ServeRefusal {
    if (host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]")) {
      if (!hasPort) {
        throw ServeRefusal.because("port required for localhost target \"" + target + "\"");
      }
      return;
    }
    if (!HOST_NAME.matcher(host).matches() && !IPV6.matcher(host).matches()) {
      throw ServeRefusal.because("invalid hostname or IP address \"" + host + "\"");
    }
    if (!hasScheme) {
      throw ServeRefusal.because("non-localhost target \"" + target + "\" must include a scheme");
    }
  }

  private static int port(String text) throws ServeRefusal {
    int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    if (port < 1 || port > 65535) {
      throw ServeRefusal.because("invalid port \"" + text + "\"");
    }
    return port;
  }
}

package dev.weft.serve.http1;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A request target taken apart (RFC 9112 §3.2).
record Target(String path, @Nullable String query, String host) {

  /// Null when it is malformed, or contradicts the `Host` field.
  static @Nullable Target parse(String method, String target, String host) {
    if (target.isEmpty() || !target.chars().allMatch(Target::isTargetChar)) {
      return null;
    }
    if (method.equals("CONNECT")) {
      // RFC 9112 §3.2.3: an authority and nothing else. As a path it would reach a backend, which
      // could take what follows for a tunnel.
      return isHost(target) ? new Target(target, null, host) : null;
    }
    if (target.equals("*")) {
      return new Target(target, null, host);
    }
    if (target.startsWith("/")) {
      return split(target, host);
    }
    String lower = target.toLowerCase(Locale.ROOT);
    boolean http = lower.startsWith("http://");
    if (!http && !lower.startsWith("https://")) {
      return null;
    }
    int start = http ? 7 : 8;
    int end = start;
    while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
      end++;
    }
    String authority = target.substring(start, end);
    // RFC 9112 §3.2.2 lets the target win; a client that means two hosts at once is not asked
    // which.
    if (authority.isEmpty()
        || !isHost(authority)
        || !host.isEmpty() && !host.equalsIgnoreCase(authority)) {
      return null;
    }
    String rest = target.substring(end);
    return split(rest.startsWith("/") ? rest : "/" + rest, authority);
  }

  private static @Nullable Target split(String pathAndQuery, String host) {
    int question = pathAndQuery.indexOf('?');
    String path = question < 0 ? pathAndQuery : pathAndQuery.substring(0, question);
    if (!hasValidEscapes(path)) {
      return null;
    }
    return new Target(path, question < 0 ? null : pathAndQuery.substring(question + 1), host);
  }

  private static boolean isTargetChar(int c) {
    // RFC 3986 has no '#' in a target, and no program agrees with another on what is behind it.
    return c > ' ' && c < 0x7f && c != '#';
  }

  private static boolean hasValidEscapes(String path) {
    for (int i = path.indexOf('%'); i >= 0; i = path.indexOf('%', i + 1)) {
      if (i + 2 >= path.length()) {
        return false;
      }
      if (Character.digit(path.charAt(i + 1), 16) < 0
          || Character.digit(path.charAt(i + 2), 16) < 0) {
        return false;
      }
    }
    return true;
  }

  /// `uri-host [ ":" port ]`; empty is allowed by RFC 9110 §7.2.
  static boolean isHost(String host) {
    int colon = host.startsWith("[") ? host.indexOf(']') + 1 : host.indexOf(':');
    String name = colon < 0 ? host : host.substring(0, colon);
    String port = colon < 0 || colon == host.length() ? "" : host.substring(colon);
    boolean literal = name.startsWith("[");
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean alphanumeric = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      String signs = literal ? "[]:.%-_" : "-._~!$&'()*+,;=%";
      if (!alphanumeric && signs.indexOf(c) < 0) {
        return false;
      }
    }
    return port.isEmpty() || port.matches(":\\d{0,5}");
  }
}

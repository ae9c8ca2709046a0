package dev.weft.config;

import java.util.Optional;

/// An address and a port as written for a listener or a dialer: `127.0.0.1:8080`, `[::1]:8080`,
/// `relay.example:443`, and `:8080` for every address of this machine (then `host` is empty). No
/// name is looked up here.
public record HostPort(String host, int port) {
  /// What the grammar looks like, for error messages.
  public static final String EXPECTED =
      "an address and a port such as 127.0.0.1:8080, [::1]:8080 or :8080";

  private static final int MAX_HOST = 255;

  public HostPort {
    if (port < 0
        || port > 65535
        || host.length() > MAX_HOST
        || !host.chars().allMatch(HostPort::isHostPart)) {
      throw new IllegalArgumentException(EXPECTED);
    }
  }

  public static Optional<HostPort> parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
    if (bracketed) {
      host = host.substring(1, host.length() - 1);
    }
    // A colon means IPv6, which must be in brackets: without them the last group would be taken for
    // the port.
    if (bracketed != host.contains(":")) {
      return Optional.empty();
    }
    String port = text.substring(colon + 1);
    if (port.isEmpty() || port.length() > 5 || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    try {
      return Optional.of(new HostPort(host, Integer.parseInt(port)));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  public boolean isEveryAddress() {
    return host.isEmpty();
  }

  private static boolean isHostPart(int c) {
    return c > ' ' && c < 127 && "[]/@?#\"\\".indexOf(c) < 0;
  }

  @Override
  public String toString() {
    return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
  }
}

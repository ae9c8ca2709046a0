package dev.weft.ipn.serve;

/// The key of a virtual host: a name and its port, which is never implied
/// (`docs/protocol/services.md` §1.1).
public record HostPort(String host, int port) implements Comparable<HostPort> {
  private static final int MAX_PORT = 65535;

  public HostPort {
    if (port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
    }
  }

  /// @throws IllegalArgumentException when the text is not `host:port`
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      throw new IllegalArgumentException("\"" + text + "\" is not host:port");
    }
    String port = text.substring(colon + 1);
    if (colon < 0 || !port.matches("\\d{1,5}")) {
      throw new IllegalArgumentException("\"" + text + "\" is not host:port");
    }
    return new HostPort(host, Integer.parseInt(port));
  }

  /// In the order of their text, which is Go's order of map keys.
  @Override
  public int compareTo(HostPort other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
  }
}

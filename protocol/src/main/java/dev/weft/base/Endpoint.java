package dev.weft.base;

import java.net.InetSocketAddress;
import java.util.Optional;

/// An IP address and a port, written `192.0.2.7:41641` or `[2001:db8::1]:41641`.
public record Endpoint(Ip ip, int port) implements Comparable<Endpoint> {
  public Endpoint {
    if (port < 0 || port > 0xffff) {
      throw new IllegalArgumentException("port must be 0 to 65535: " + port);
    }
  }

  /// @throws IllegalArgumentException when the text is not an address and a port
  public static Endpoint parse(String text) {
    return tryParse(text)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "not an address and port (such as 192.0.2.7:41641 or [2001:db8::1]:41641): "
                    + text));
  }

  public static Optional<Endpoint> tryParse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      return Optional.empty();
    }
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    Optional<Ip> ip = Ip.tryParse(bracketed ? host.substring(1, host.length() - 1) : host);
    int port = parsePort(text.substring(colon + 1));
    if (ip.isEmpty() || port < 0 || ip.get().isV6() != bracketed) {
      return Optional.empty();
    }
    return Optional.of(new Endpoint(ip.get(), port));
  }

  /// @throws IllegalArgumentException when the address is unresolved
  public static Endpoint of(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("unresolved: " + address);
    }
    return new Endpoint(Ip.of(address.getAddress()), address.getPort());
  }

  public InetSocketAddress toSocketAddress() {
    return new InetSocketAddress(ip.toInetAddress(), port);
  }

  @Override
  public int compareTo(Endpoint other) {
    int byIp = ip.compareTo(other.ip);
    return byIp != 0 ? byIp : Integer.compare(port, other.port);
  }

  @Override
  public String toString() {
    return ip.isV6() ? "[" + ip + "]:" + port : ip + ":" + port;
  }

  private static int parsePort(String digits) {
    if (digits.isEmpty() || digits.length() > 5) {
      return -1;
    }
    int port = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      port = port * 10 + (c - '0');
    }
    return port <= 0xffff ? port : -1;
  }
}

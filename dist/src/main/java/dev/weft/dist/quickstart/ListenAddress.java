package dev.weft.dist.quickstart;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/// Which of the machine's addresses the quickstart listens on.
///
/// A private IPv4 literal, because official clients treat a plain-http control URL on a name or a
/// public address differently: they insist on TLS on port 443 when they dial again within two
/// minutes (`docs/protocol/selfhosted.md` part 2 B).
final class ListenAddress {
  /// TEST-NET-1 (RFC 5737): routed like the internet, never sent to.
  private static final InetSocketAddress ANYWHERE = new InetSocketAddress("192.0.2.1", 9);

  private ListenAddress() {}

  /// The primary private IPv4 address, or loopback where there is none.
  static InetAddress choose() {
    InetAddress primary = sourceOfDefaultRoute();
    if (primary != null && isPrivateV4(primary)) {
      return primary;
    }
    InetAddress first = firstPrivate();
    return first != null ? first : InetAddress.ofLiteral("127.0.0.1");
  }

  /// The kernel's choice of source address; connecting a UDP socket sends nothing.
  private static @Nullable InetAddress sourceOfDefaultRoute() {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(ANYWHERE);
      return socket.getLocalAddress();
    } catch (IOException | java.io.UncheckedIOException e) {
      return null; // no route: an offline machine
    }
  }

  private static @Nullable InetAddress firstPrivate() {
    try {
      Enumeration<NetworkInterface> interfaces = NetworkInterface.getNetworkInterfaces();
      while (interfaces.hasMoreElements()) {
        NetworkInterface each = interfaces.nextElement();
        Enumeration<InetAddress> addresses = each.getInetAddresses();
        while (each.isUp() && addresses.hasMoreElements()) {
          InetAddress address = addresses.nextElement();
          if (isPrivateV4(address)) {
            return address;
          }
        }
      }
    } catch (SocketException e) {
      return null; // cannot list: loopback is left
    }
    return null;
  }

  private static boolean isPrivateV4(InetAddress address) {
    return address instanceof Inet4Address && address.isSiteLocalAddress();
  }
}

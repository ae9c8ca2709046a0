package dev.weft.transport.limit;

import dev.weft.base.Ip;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Where a connection comes from: an IPv4 address or an IPv6 /64, which is what one household or
/// one rented machine has.
public final class Place {
  private Place() {}

  /// The place of an address; null for this machine itself, which is no place: a front that ends
  /// TLS brings everybody's connections from there.
  public static @Nullable Ip of(SocketAddress remote) {
    if (!(remote instanceof InetSocketAddress address) || address.isUnresolved()) {
      return null;
    }
    Ip ip = Ip.of(address.getAddress()).unmap();
    return ip.isLoopback() ? null : of(ip);
  }

  /// The place of an address that a front named.
  public static Ip of(Ip address) {
    Ip ip = address.unmap();
    return ip.isV4() ? ip : Ip.v6(ip.high(), 0);
  }
}

package dev.weft.control.http;

import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The fronts whose word counts about where a request comes from. Everybody can send
/// `X-Forwarded-For`, so nobody else's does.
///
/// @param networks where they are
public record TrustedProxies(List<IpPrefix> networks) {
  public static final TrustedProxies NONE = new TrustedProxies(List.of());

  public TrustedProxies {
    networks = List.copyOf(networks);
  }

  /// The address that a front got the request from.
  ///
  /// Each front adds the address it sees at the end, so what counts is the last one that is none of
  /// ours: what stands before it the client may have made up.
  ///
  /// @param remote the other end of the connection
  /// @param forwardedFor the header, its lines joined by commas
  Optional<Ip> client(SocketAddress remote, @Nullable String forwardedFor) {
    if (forwardedFor == null
        || !(remote instanceof InetSocketAddress address)
        || address.isUnresolved()
        || !isTrusted(Ip.of(address.getAddress()))) {
      return Optional.empty();
    }
    List<String> hops = List.of(forwardedFor.split(",", -1));
    for (String hop : hops.reversed()) {
      Optional<Ip> ip = parse(hop.strip());
      if (ip.isEmpty() || !isTrusted(ip.get())) {
        return ip;
      }
    }
    return Optional.empty();
  }

  private boolean isTrusted(Ip ip) {
    Ip plain = ip.unmap();
    return networks.stream().anyMatch(network -> network.contains(plain));
  }

  private static Optional<Ip> parse(String text) {
    try {
      return Optional.of(Ip.parse(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}

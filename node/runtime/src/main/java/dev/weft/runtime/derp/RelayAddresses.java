package dev.weft.runtime.derp;

import dev.weft.base.Ip;
import dev.weft.tailcfg.DerpNode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The addresses of a relay: what its map entry says, and DNS where it says nothing
/// (`docs/protocol/dataplane.md §5.3`).
public final class RelayAddresses {
  private static final String UNUSABLE = "none";

  private RelayAddresses() {}

  /// Whether [#resolve] answers without DNS, which may take long.
  public static boolean areLiteral(DerpNode node) {
    return (!node.ipv4().isEmpty() && !node.ipv6().isEmpty())
        || Ip.tryParse(node.hostName()).isPresent();
  }

  /// IPv4 before IPv6; empty when there is none. Blocks on DNS unless [#areLiteral].
  public static List<Ip> resolve(DerpNode node) {
    List<Ip> v4 = new ArrayList<>(literal(node.ipv4(), true));
    List<Ip> v6 = new ArrayList<>(literal(node.ipv6(), false));
    if (node.ipv4().isEmpty() || node.ipv6().isEmpty()) {
      for (Ip ip : lookUp(node.hostName())) {
        if (ip.isV4() && node.ipv4().isEmpty()) {
          v4.add(ip);
        } else if (ip.isV6() && node.ipv6().isEmpty()) {
          v6.add(ip);
        }
      }
    }
    v4.addAll(v6);
    return v4;
  }

  private static List<Ip> literal(String text, boolean v4) {
    if (text.isEmpty() || text.equals(UNUSABLE)) {
      return List.of();
    }
    Optional<Ip> ip = Ip.tryParse(text).filter(parsed -> parsed.isV4() == v4);
    return ip.map(List::of).orElse(List.of());
  }

  /// The addresses of a name; empty when there is none. Blocks on DNS unless it is an address.
  static List<Ip> lookUp(String host) {
    try {
      List<Ip> found = new ArrayList<>();
      for (InetAddress address : InetAddress.getAllByName(host)) {
        found.add(Ip.of(address).unmap());
      }
      return found;
    } catch (UnknownHostException e) {
      return List.of();
    }
  }
}

package dev.weft.node;

import java.net.InetAddress;
import java.util.List;

/// This node in its tailnet.
///
/// @param name the MagicDNS name without a trailing dot, such as `laptop.home.weft`
/// @param addresses the tailnet addresses, IPv4 first
/// @param magicDnsSuffix the tailnet's domain, such as `home.weft`
/// @param certDomains the names that the control plane helps to get certificates for; often empty
public record SelfNode(
    String name, List<InetAddress> addresses, String magicDnsSuffix, List<String> certDomains) {
  public SelfNode {
    addresses = List.copyOf(addresses);
    certDomains = List.copyOf(certDomains);
  }

  /// The name's first label: what `weft status` shows.
  public String shortName() {
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }
}

package dev.weft.ipn.serve;

import dev.weft.base.Ip;
import java.util.List;

/// What the texts and edits need to know of the node.
///
/// @param program the name of the command line, `weft`
/// @param dnsName the node's full name without a last dot, as `Status.Self.DNSName` has it apart
///   from that
/// @param addresses the node's tailnet addresses, IPv4 first
public record ServeNode(String program, String dnsName, List<Ip> addresses) {
  public ServeNode {
    dnsName = dnsName.endsWith(".") ? dnsName.substring(0, dnsName.length() - 1) : dnsName;
    addresses = List.copyOf(addresses);
  }
}

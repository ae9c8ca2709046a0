package dev.weft.cli;

import dev.weft.base.Ip;
import dev.weft.ipn.PeerStatus;
import dev.weft.ipn.Status;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;

/// Finds the node that somebody means by a name or an address.
final class Hosts {
  /// @param isSelf whether it is this node, found by name
  record Found(Ip ip, boolean isSelf) {}

  private Hosts() {}

  /// An address stands for itself; a name is looked for among the nodes of the tailnet and then in
  /// DNS.
  static Found find(Status status, String host) throws Failure {
    Optional<Ip> address = Ip.tryParse(host);
    if (address.isPresent()) {
      return new Found(address.get(), false);
    }
    for (PeerStatus peer : status.peers()) {
      if (isCalled(status, peer, host)) {
        if (peer.tailscaleIps().isEmpty()) {
          throw Failure.of("node found but lacks an IP");
        }
        return new Found(peer.tailscaleIps().getFirst(), false);
      }
    }
    PeerStatus self = status.self();
    if (self != null && isCalled(status, self, host) && !self.tailscaleIps().isEmpty()) {
      return new Found(self.tailscaleIps().getFirst(), true);
    }
    return new Found(lookUp(host), false);
  }

  private static boolean isCalled(Status status, PeerStatus node, String host) {
    String name = StatusText.withoutLastDot(host).toLowerCase(Locale.ROOT);
    return name.equals(StatusText.name(status, node).toLowerCase(Locale.ROOT))
        || name.equals(StatusText.withoutLastDot(node.dnsName()).toLowerCase(Locale.ROOT));
  }

  private static Ip lookUp(String host) throws Failure {
    try {
      return Ip.of(InetAddress.getByName(host));
    } catch (UnknownHostException _) {
      throw Failure.of(
          "error looking up IP of \""
              + host
              + "\": no node of the tailnet and no host in DNS has this name");
    }
  }

  /// The node with this address, the node itself included.
  static Optional<PeerStatus> withAddress(Status status, Ip ip) {
    PeerStatus self = status.self();
    if (self != null && self.tailscaleIps().contains(ip)) {
      return Optional.of(self);
    }
    for (PeerStatus peer : status.peers()) {
      if (peer.tailscaleIps().contains(ip)) {
        return Optional.of(peer);
      }
    }
    return Optional.empty();
  }
}

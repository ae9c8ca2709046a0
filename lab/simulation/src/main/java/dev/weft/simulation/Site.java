package dev.weft.simulation;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A local network: nodes that reach each other directly, and the internet through one NAT. The NAT
/// does not hairpin.
public final class Site {
  private static final long LAN_DELAY = Timeline.MILLISECOND / 2;
  private static final int NODE_PORT = 41641;
  private static final int LAN = 192 << 24 | 168 << 16;

  private final Timeline timeline;
  private final Internet internet;
  private final int number;
  private final Nat nat;
  private final Map<Endpoint, SimNode> nodes = new LinkedHashMap<>();

  /// Who had an address here at any time; none is given twice.
  private final Map<Endpoint, SimNode> tenants = new LinkedHashMap<>();

  private boolean udpBlocked;

  Site(Timeline timeline, Internet internet, int number, Nat nat) {
    this.timeline = timeline;
    this.internet = internet;
    this.number = number;
    this.nat = nat;
    internet.add(this);
  }

  /// Blocks all UDP to and from the internet, as some firewalls do; or no longer.
  public void blockUdp(boolean blocked) {
    udpBlocked = blocked;
  }

  /// The router restarts: what its NAT knew is gone.
  public void restartRouter() {
    nat.forgetAll();
  }

  Ip external() {
    return nat.external();
  }

  /// Gives a node its address here.
  Endpoint join(SimNode node) {
    Ip address = Ip.v4(LAN + (number << 8) + tenants.size() + 2);
    Endpoint endpoint = new Endpoint(address, NODE_PORT);
    nodes.put(endpoint, node);
    tenants.put(endpoint, node);
    return endpoint;
  }

  void leave(Endpoint local) {
    nodes.remove(local);
  }

  NatKind kind() {
    return nat.kind();
  }

  boolean isUdpBlocked() {
    return udpBlocked;
  }

  /// Who is or was reached at an address of this network, from inside.
  @Nullable SimNode tenant(Endpoint local) {
    return tenants.get(local);
  }

  /// Who is or was reached at a port of the router, from outside.
  @Nullable SimNode ownerOf(int port) {
    Endpoint inside = nat.owner(port);
    return inside == null ? null : tenants.get(inside);
  }

  /// What a STUN server would say; the own address when it cannot be asked.
  Endpoint seenFrom(Endpoint server, Endpoint inside) {
    return udpBlocked ? inside : nat.outbound(timeline.now(), inside, server);
  }

  void send(Endpoint inside, Endpoint to, Bytes datagram) {
    SimNode neighbour = nodes.get(to);
    if (neighbour != null) {
      timeline.after(
          LAN_DELAY,
          () -> {
            if (nodes.get(to) == neighbour) {
              neighbour.receive(inside, datagram);
            }
          });
    } else if (!udpBlocked && !to.ip().isPrivate()) {
      internet.send(nat.outbound(timeline.now(), inside, to), to, datagram);
    }
  }

  void fromInternet(Endpoint remote, int port, Bytes datagram) {
    if (udpBlocked) {
      return;
    }
    Endpoint inside = nat.inbound(timeline.now(), remote, port);
    SimNode node = inside == null ? null : nodes.get(inside);
    if (node != null) {
      node.receive(remote, datagram);
    }
  }
}

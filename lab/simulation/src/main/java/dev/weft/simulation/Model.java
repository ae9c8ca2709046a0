package dev.weft.simulation;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.IpPrefix;
import dev.weft.engine.EngineConfig;
import dev.weft.engine.Path;
import dev.weft.engine.PeerConfig;
import dev.weft.engine.PeerSnapshot;
import dev.weft.keys.NodeKey;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What must be true of a mesh whatever happens to it, and what must come about once nothing does.
/// It knows what no node knows: who is where, and what each was told. An [AssertionError] says what
/// is not so.
///
/// Always:
/// - what leaves a node is WireGuard or disco, and goes through a relay only to a peer of its map;
/// - what a node's stack gets was sent by a peer of its map, from an address of that peer
///   ([Mailbox] sees to the rest: as it was sent, once, to whom it was for);
/// - a node has exactly the peers of the last map it was told, and a direct path to a peer leads to
///   that peer.
///
/// At rest, from [#requireRest]: every node knows all others as they are; who can reach each other
/// directly does so, and everything sent arrives.
final class Model {
  private static final int MAX_DATAGRAM = 1_500;
  private static final int EVENTS_OF_A_ROUND = 16;

  private final Mesh mesh;

  /// Whose a key is or was.
  private final Map<NodeKey, SimNode> owners = new LinkedHashMap<>();

  /// What each node was told last.
  private final Map<SimNode, Map<NodeKey, PeerConfig>> told = new LinkedHashMap<>();

  /// Nodes to which something has just happened that [#check] looks at.
  private final Set<SimNode> touched = new LinkedHashSet<>();

  private int untilRound = EVENTS_OF_A_ROUND;
  private int nextInTurn;

  Model(Mesh mesh) {
    this.mesh = mesh;
  }

  /// How two nodes reach each other at the best.
  enum Way {
    LAN,
    DIRECT,
    RELAY,
    NONE
  }

  Way best(SimNode from, SimNode to) {
    if (from.isNeighbourOf(to)) {
      return Way.LAN;
    }
    boolean udp = !from.site().isUdpBlocked() && !to.site().isUdpBlocked();
    if (udp && NatKind.canMeet(from.site().kind(), to.site().kind())) {
      return Way.DIRECT;
    }
    return to.home().isDown() || from.home().isDown() ? Way.NONE : Way.RELAY;
  }

  // ---- What happens

  void owns(SimNode node, NodeKey key) {
    SimNode other = owners.put(key, node);
    require(other == null || other == node, "two nodes with one key");
  }

  void told(SimNode node, EngineConfig config) {
    Map<NodeKey, PeerConfig> peers = new LinkedHashMap<>();
    config.peers().forEach(peer -> peers.put(peer.key(), peer));
    told.put(node, peers);
    touched.add(node);
  }

  void transmitted(SimNode from, Path to, Bytes datagram) {
    require(datagram.length() <= MAX_DATAGRAM, from + " sent " + datagram.length() + " bytes");
    require(
        isWireGuard(datagram) || isDisco(datagram),
        from + " sent something that is neither WireGuard nor disco to " + to);
    if (to instanceof Path.Derp(_, NodeKey key)) {
      require(isPeer(from, key), from + " sent to " + key + ", which is no peer of its map");
    }
  }

  void delivered(SimNode to, Mailbox.Letter letter) {
    PeerConfig sender = peers(to).get(letter.sender());
    require(
        sender != null && !sender.paths().expired(),
        to + " got " + letter + ", whose sender is no peer of its map");
    require(
        sender != null
            && sender.allowedIps().stream().anyMatch(prefix -> prefix.contains(letter.from())),
        to + " got " + letter + ", which its sender may not use");
  }

  void pathChanged(SimNode node) {
    touched.add(node);
  }

  /// After every event: the nodes whose map or paths it changed, and now and then another.
  void check() {
    touched.forEach(this::check);
    touched.clear();
    List<SimNode> nodes = mesh.nodes();
    if (--untilRound == 0 && !nodes.isEmpty()) {
      untilRound = EVENTS_OF_A_ROUND;
      nextInTurn = (nextInTurn + 1) % nodes.size();
      check(nodes.get(nextInTurn));
    }
  }

  private void check(SimNode node) {
    List<PeerSnapshot> snapshots = node.core().snapshots(mesh.now());
    Map<NodeKey, PeerConfig> peers = peers(node);
    require(snapshots.size() == peers.size(), node + " has other peers than its map");
    for (PeerSnapshot peer : snapshots) {
      require(peers.containsKey(peer.key()), node + " has other peers than its map");
      if (peer.direct() != null) {
        requireLeads(node, peer.direct(), peer.key());
      }
    }
  }

  void requireLeads(SimNode node, Endpoint endpoint, NodeKey peer) {
    SimNode there = whoIsAt(endpoint);
    require(
        there != null && there == owners.get(peer),
        node + " takes " + endpoint + " for " + owners.get(peer) + " and it is " + there);
  }

  /// Who is or was reached at an endpoint.
  private @Nullable SimNode whoIsAt(Endpoint endpoint) {
    Site site = mesh.siteAt(endpoint.ip());
    if (site != null) {
      return site.ownerOf(endpoint.port());
    }
    // Networks number their machines each in a range of its own.
    for (Site lan : mesh.sites()) {
      SimNode tenant = lan.tenant(endpoint);
      if (tenant != null) {
        return tenant;
      }
    }
    return null;
  }

  // ---- At rest

  /// Fails unless everyone knows everyone as they are.
  void requireRest(Control control) {
    for (SimNode node : mesh.nodes()) {
      Map<NodeKey, PeerConfig> peers = peers(node);
      Set<NodeKey> expected = new LinkedHashSet<>();
      for (SimNode other : mesh.nodes()) {
        if (other == node) {
          continue;
        }
        expected.add(other.key());
        PeerConfig seen = peers.get(other.key());
        require(seen != null, node + " was not told of " + other);
        if (seen != null) {
          requireEqual(other.core().discoKey(), seen.paths().disco(), node, other, "disco key");
          requireEqual(other.home().region(), seen.paths().homeDerp(), node, other, "home relay");
          requireEqual(
              control.reportedBy(other), seen.paths().endpoints(), node, other, "endpoints");
          requireEqual(
              IpPrefix.single(other.address()),
              seen.allowedIps().getFirst(),
              node,
              other,
              "address");
        }
      }
      require(expected.equals(peers.keySet()), node + " was told of nodes that are gone");
    }
    requireDistinctAddresses();
  }

  private void requireDistinctAddresses() {
    Set<Object> addresses = new LinkedHashSet<>();
    for (SimNode node : mesh.nodes()) {
      require(addresses.add(node.address()), "two nodes with " + node.address());
    }
  }

  private static void requireEqual(
      Object truth, Object seen, SimNode viewer, SimNode peer, String what) {
    require(
        truth.equals(seen),
        viewer + " knows another " + what + " of " + peer + ": " + seen + " for " + truth);
  }

  /// Fails unless two nodes that talk do so by the best way there is.
  void requireBestWay(SimNode from, SimNode to) {
    Endpoint direct = from.directPathTo(to);
    String pair =
        from + " " + from.site().kind() + " to " + to + " " + to.site().kind() + " over " + direct;
    switch (best(from, to)) {
      case LAN -> require(direct != null && direct.ip().isPrivate(), pair + ", not by their LAN");
      case DIRECT -> require(direct != null, pair + ", not directly");
      case RELAY, NONE -> require(direct == null, pair + ", which cannot work");
    }
  }

  private Map<NodeKey, PeerConfig> peers(SimNode node) {
    return told.getOrDefault(node, Map.of());
  }

  private boolean isPeer(SimNode node, NodeKey key) {
    PeerConfig peer = peers(node).get(key);
    return peer != null && !peer.paths().expired();
  }

  private static boolean isWireGuard(Bytes datagram) {
    return datagram.length() >= 32
        && datagram.at(0) >= 1
        && datagram.at(0) <= 4
        && datagram.at(1) == 0
        && datagram.at(2) == 0
        && datagram.at(3) == 0;
  }

  private static boolean isDisco(Bytes datagram) {
    return datagram.length() >= 6 && datagram.at(0) == 'T' && datagram.at(1) == 'S';
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new AssertionError(otherwise);
    }
  }
}

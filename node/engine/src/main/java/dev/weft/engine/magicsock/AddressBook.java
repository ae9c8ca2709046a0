package dev.weft.engine.magicsock;

import dev.weft.base.Endpoint;
import dev.weft.keys.NodeKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which peer is behind a UDP address. The latest word counts; at most [#PER_PEER] addresses are
/// kept for one peer, so one that changes its port all the time only forgets its own.
final class AddressBook {
  static final int PER_PEER = 6;

  private final Map<Endpoint, NodeKey> peers = new LinkedHashMap<>();
  private final Map<NodeKey, Deque<Endpoint>> addresses = new LinkedHashMap<>();

  @Nullable NodeKey peerAt(Endpoint endpoint) {
    return peers.get(endpoint);
  }

  void put(Endpoint endpoint, NodeKey peer) {
    NodeKey before = peers.put(endpoint, peer);
    if (peer.equals(before)) {
      return;
    }
    if (before != null) {
      removeFrom(before, endpoint);
    }
    Deque<Endpoint> own = addresses.computeIfAbsent(peer, _ -> new ArrayDeque<>());
    own.addLast(endpoint);
    if (own.size() > PER_PEER) {
      peers.remove(own.removeFirst());
    }
  }

  void forget(NodeKey peer) {
    Deque<Endpoint> own = addresses.remove(peer);
    if (own != null) {
      own.forEach(peers::remove);
    }
  }

  private void removeFrom(NodeKey peer, Endpoint endpoint) {
    Deque<Endpoint> own = addresses.get(peer);
    if (own != null) {
      own.remove(endpoint);
    }
  }
}

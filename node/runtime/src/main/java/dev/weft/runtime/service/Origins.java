package dev.weft.runtime.service;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// For each loopback connection that the node opened on behalf of a peer: which peer. Lets a
/// program on this machine ask `whois` for the address its connection comes from.
final class Origins {
  /// As many as there may be forwarded connections; the oldest is forgotten first.
  private static final int MAX = 16_384;

  private final Map<InetSocketAddress, InetSocketAddress> peers =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(
            Map.Entry<InetSocketAddress, InetSocketAddress> eldest) {
          return size() > MAX;
        }
      };

  synchronized void add(InetSocketAddress loopback, InetSocketAddress peer) {
    peers.put(loopback, peer);
  }

  synchronized void remove(InetSocketAddress loopback) {
    peers.remove(loopback);
  }

  synchronized Optional<InetSocketAddress> peerBehind(InetSocketAddress loopback) {
    return Optional.ofNullable(peers.get(loopback));
  }
}

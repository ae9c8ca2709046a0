package dev.weft.engine;

import dev.weft.base.Endpoint;
import dev.weft.keys.NodeKey;

/// Where a datagram goes, or came from.
public sealed interface Path {
  /// Straight over UDP.
  record Udp(Endpoint remote) implements Path {
    @Override
    public String toString() {
      return remote.toString();
    }
  }

  /// Through a relay: its region, and the node at the other end of it.
  record Derp(int region, NodeKey peer) implements Path {
    public Derp {
      if (region <= 0 || region > 0xffff) {
        throw new IllegalArgumentException("a region has 16 bits and is not 0: " + region);
      }
    }

    @Override
    public String toString() {
      return "derp-" + region + " " + peer.shortString();
    }
  }
}

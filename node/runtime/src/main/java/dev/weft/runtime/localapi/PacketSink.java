package dev.weft.runtime.localapi;

import dev.weft.base.Segments;

/// Is shown the packets in the tunnel, and what peers say about paths to it, in plain text, while
/// somebody captures them. Called on the node loop, between the packets' arrival and what is done
/// with them: it must not block, and the packets are borrowed for the call.
@FunctionalInterface
public interface PacketSink {
  /// Which way a packet goes. The codes are those of the original's captures
  /// (`docs/protocol/services.md` §6.8).
  enum Way {
    /// From a program of this machine to a peer.
    FROM_LOCAL(0),
    /// From a peer, let in by the packet filter.
    FROM_PEER(1),
    /// No IP packet, but what a peer said about paths, opened and framed as in such captures.
    DISCO(254);

    private final int code;

    Way(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  void on(Way way, Segments packets);
}

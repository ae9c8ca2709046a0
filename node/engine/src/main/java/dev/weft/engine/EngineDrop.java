package dev.weft.engine;

/// Why the engine itself dropped a packet; WireGuard and the filter count their own reasons.
public enum EngineDrop {
  /// A packet of ours that is no IP packet.
  BAD_PACKET,
  /// A packet of ours to an address that no peer has.
  NO_ROUTE,
  /// A packet of ours that the filter refuses: multicast, link-local, unknown protocols.
  REFUSED_OUT,
  /// A packet of a peer that the filter refuses.
  REFUSED_IN,
  /// A TSMP message we do not know, or that answers nothing.
  TSMP,
  /// A datagram of a peer relay, which are not supported.
  GENEVE
}

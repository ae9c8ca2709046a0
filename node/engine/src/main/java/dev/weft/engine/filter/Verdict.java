package dev.weft.engine.filter;

/// What becomes of a packet.
public enum Verdict {
  ACCEPT,
  /// Not a whole IP packet, or a transport header cut short.
  DROP_MALFORMED,
  /// A protocol whose ports or extension headers we cannot see.
  DROP_UNKNOWN_PROTOCOL,
  DROP_MULTICAST,
  DROP_LINK_LOCAL,
  /// The destination is not ours: peers do not use us as a router.
  DROP_NOT_LOCAL,
  /// No rule admits it.
  DROP_NO_RULE,
  /// An IPv4 TCP SYN that no rule admits: dropped, and the peer is told by a TSMP reject
  /// (`docs/protocol/dataplane.md` §1.8).
  REJECT_SYN;

  public boolean isAccepted() {
    return this == ACCEPT;
  }
}

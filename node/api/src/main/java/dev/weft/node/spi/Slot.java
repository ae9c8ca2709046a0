package dev.weft.node.spi;

/// A named place in the inbound dispatch order (`docs/protocol/services.md` §0). Declaration order
/// is asking order.
public enum Slot {
  /// Port 22 while SSH is on.
  SSH,
  /// Port 5252 while the web client is exposed.
  WEB_CLIENT,
  /// The node's advertised PeerAPI port.
  PEER_API,
  /// Ports in the serve configuration.
  SERVE
}

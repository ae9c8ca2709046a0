package dev.weft.wireguard;

/// What happened to a session. For logs, status and path selection; nothing depends on it being
/// read.
public sealed interface SessionEvent {
  /// Data can flow with the peer under a new key.
  record SessionEstablished(PeerId peer, boolean initiator) implements SessionEvent {}

  /// The peer did not answer for 90 s; packets that waited for it are dropped.
  record HandshakeGaveUp(PeerId peer) implements SessionEvent {}

  /// All keys of the peer were wiped, nine minutes after the last was made.
  record SessionsCleared(PeerId peer) implements SessionEvent {}
}

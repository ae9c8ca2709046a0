package dev.weft.engine;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.keys.NodeKey;
import dev.weft.packet.Tsmp;
import org.jspecify.annotations.Nullable;

/// What happened, for status, logs and whoever waits for an answer. Packets do not depend on it
/// being read.
public sealed interface EngineEvent {
  /// Traffic to the peer now goes straight to `direct`, or through its relay when that is null.
  record PathChanged(NodeKey peer, @Nullable Endpoint direct) implements EngineEvent {}

  /// The first answer to a ping.
  ///
  /// @param via the path of a disco pong; null for a ping inside the tunnel
  /// @param peerApiPort told by a TSMP pong; else 0
  record PingAnswered(
      long request, NodeKey peer, @Nullable Path via, long latencyNanos, int peerApiPort)
      implements EngineEvent {}

  /// Data can flow with the peer under a new key.
  record SessionEstablished(NodeKey peer) implements EngineEvent {}

  /// The peer did not answer a handshake for 90 s.
  record HandshakeGaveUp(NodeKey peer) implements EngineEvent {}

  /// The peer's policy refused a connection of ours, from the reject's source port at `local` to
  /// its destination port at `remote`.
  record ConnectionRejected(NodeKey peer, Ip local, Ip remote, Tsmp.Reject reject)
      implements EngineEvent {}
}

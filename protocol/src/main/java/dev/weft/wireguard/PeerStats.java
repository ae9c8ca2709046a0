package dev.weft.wireguard;

/// What a peer's sessions have done so far.
///
/// @param rxBytes bytes of authentic datagrams received, headers included
/// @param txBytes bytes of datagrams sent, handshakes included
/// @param lastHandshake when a handshake last completed, on the core's clock; -1 when none has
/// @param established whether there is a session to send on now
public record PeerStats(long rxBytes, long txBytes, long lastHandshake, boolean established) {
  static final PeerStats NONE = new PeerStats(0, 0, -1, false);
}

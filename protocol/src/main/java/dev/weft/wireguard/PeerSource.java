package dev.weft.wireguard;

import dev.weft.keys.NodeKey;
import org.jspecify.annotations.Nullable;

/// The caller's directory of peers, asked when one is first needed.
public interface PeerSource {
  /// Who has this key, for a handshake that just proved to come from it; `null` refuses it.
  @Nullable KnownPeer byKey(NodeKey key);

  /// Who has this number, for the first packet to it; `null` drops the packet.
  @Nullable KnownPeer byId(PeerId id);

  /// Whether a peer may well be behind a path, as far as is known without a handshake. Under load
  /// such a source is answered without a cookie, within limits: its address may be forged.
  default boolean isExpected(PathId from) {
    return false;
  }

  /// A packet to send ahead of all others in every new session (`docs/protocol/dataplane.md` §1.7,
  /// priority message).
  ///
  /// @param into room for [WireGuard#PRIORITY_MESSAGE_MAX] bytes
  /// @return the length of the IP packet written, zero for none
  default int priorityMessage(PeerId to, byte[] into) {
    return 0;
  }
}

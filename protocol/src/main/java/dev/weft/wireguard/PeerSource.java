package dev.weft.wireguard;

import dev.weft.keys.NodeKey;
import org.jspecify.annotations.Nullable;

/// The caller's directory of peers, asked when one is first needed.
public interface PeerSource {
  /// Who has this key, for a handshake that just proved to come from it; `null` refuses it.
  @Nullable KnownPeer byKey(NodeKey key);

  /// Who has this number, for the first packet to it; `null` drops the packet.
  @Nullable KnownPeer byId(PeerId id);

  /// A packet to send ahead of all others in every new session (`docs/protocol/dataplane.md` §1.7,
  /// priority message).
  ///
  /// @param into room for [WireGuard#PRIORITY_MESSAGE_MAX] bytes
  /// @return the length of the IP packet written, zero for none
  default int priorityMessage(PeerId to, byte[] into) {
    return 0;
  }
}

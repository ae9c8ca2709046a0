package dev.weft.wireguard;

import dev.weft.base.PrefixSet;
import dev.weft.keys.NodeKey;

/// What WireGuard must know of a peer.
///
/// @param allowedIps inner source addresses that the peer may use; peers may overlap
public record KnownPeer(PeerId id, NodeKey key, PrefixSet allowedIps) {}

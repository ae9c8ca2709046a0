package dev.weft.engine;

import dev.weft.base.Endpoint;
import dev.weft.keys.NodeKey;
import org.jspecify.annotations.Nullable;

/// A peer at one moment, for status. Times are on the core's clock; -1 is never.
///
/// @param direct the UDP path in use; null while traffic is relayed
/// @param relayRegion the region that relays, or would
/// @param latencyNanos of the direct path; 0 without one
/// @param rxBytes authentic bytes received, WireGuard's headers included
public record PeerSnapshot(
    NodeKey key,
    @Nullable Endpoint direct,
    int relayRegion,
    long latencyNanos,
    long rxBytes,
    long txBytes,
    long lastHandshake,
    long lastSend) {}

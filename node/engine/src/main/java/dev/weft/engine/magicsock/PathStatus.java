package dev.weft.engine.magicsock;

import dev.weft.base.Endpoint;
import org.jspecify.annotations.Nullable;

/// How traffic to a peer goes at the moment.
///
/// @param direct the UDP path in use; null while traffic is relayed
/// @param relayRegion the region that relays while there is no direct path; 0 when there is none
/// @param latencyNanos of the direct path, round trip; 0 without one
/// @param lastSend when data was last sent to the peer; negative for never
public record PathStatus(
    @Nullable Endpoint direct, int relayRegion, long latencyNanos, long lastSend) {}

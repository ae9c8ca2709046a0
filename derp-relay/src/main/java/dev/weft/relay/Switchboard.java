package dev.weft.relay;

import dev.weft.base.Entropy;
import dev.weft.keys.NodePrivateKey;
import java.time.Duration;

/// What the connections of one relay share.
///
/// @param keepAlive how often a client hears from the relay at least
/// @param writeTimeout how long a client may take nothing before its connection ends
record Switchboard(
    NodePrivateKey key,
    Entropy entropy,
    Duration keepAlive,
    Duration writeTimeout,
    Clients<ClientConnection> clients,
    TrafficCounters traffic) {}

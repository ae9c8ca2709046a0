package dev.weft.relay;

import dev.weft.base.Entropy;
import dev.weft.derp.ClientInfo;
import dev.weft.keys.NodePrivateKey;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// What the connections of one relay share.
///
/// @param keepAlive how often a client hears from the relay at least
/// @param writeTimeout how long a client may take nothing before its connection ends
/// @param meshKey by which other relays of the region are known
/// @param watchers the mesh peers that want to know who comes and goes
record Switchboard(
    NodePrivateKey key,
    Entropy entropy,
    Duration keepAlive,
    Duration writeTimeout,
    Optional<MeshKey> meshKey,
    Rates rates,
    Clients<ClientConnection> clients,
    CopyOnWriteArrayList<ClientConnection> watchers,
    Mesh mesh,
    TrafficCounters traffic,
    RelayEvents events) {
  boolean isMeshPeer(ClientInfo info) {
    return meshKey.isPresent() && meshKey.get().isNamedBy(info.meshKey());
  }
}

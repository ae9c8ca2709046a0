/// A DERP relay and STUN server: it carries the packets of nodes that have no direct path, and
/// tells nodes their public address.
///
/// [RelayServer] is the entry for programs, [RelayCommand] for people (`weft relay`).
///
/// ```java
/// try (RelayServer relay = RelayServer.start(RelaySettings.of(stateDir, "192.0.2.1"))) {
///   relay.address();     // where it listens: TCP
///   relay.stunAddress(); // and UDP
///   relay.derpRegion(900); // the region to put into a DERP map, certificate pinned
/// }
/// ```
///
/// The relay cannot read what it carries, and keeps nothing of it. Each client has a bounded queue
/// that loses its oldest packets, so that a slow reader costs only itself. Connections from the
/// same key replace each other: the last to write receives, and when two machines turn out to share
/// a key both are told.
///
/// Whom it serves, [RelayPolicy] says: whoever proves a node key, or only those whom a control
/// plane or the node on this machine vouches for ([KeyChecks]); and how fast each may send
/// ([RateGate]). Relays that know the region's [MeshKey] may watch who is connected, forward
/// packets to clients here and disconnect them; [MeshConnection] is this relay doing so at those it
/// is told to connect to. A packet passes two relays at most.
///
/// The caller supplies addresses, a state folder (the relay's key and its self-signed certificate
/// are kept there) or a certificate.
///
/// Wire facts: `docs/protocol/dataplane.md §5`.
@NullMarked
package dev.weft.relay;

import org.jspecify.annotations.NullMarked;

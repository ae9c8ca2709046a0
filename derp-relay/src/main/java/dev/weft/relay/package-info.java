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
/// same key replace each other: the last to write receives.
///
/// The caller supplies addresses, a state folder (the relay's key and its self-signed certificate
/// are kept there) or a certificate. The relay does not mesh with others and admits every client
/// that proves its node key.
///
/// Wire facts: `docs/protocol/dataplane.md §5`.
@NullMarked
package dev.weft.relay;

import org.jspecify.annotations.NullMarked;

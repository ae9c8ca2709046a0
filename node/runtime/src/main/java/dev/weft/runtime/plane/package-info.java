/// A node's data plane: the engine and the userspace TCP/IP stack, with the sockets, relays and
/// timers they need, on the node loop.
///
/// ```
///   UDP sockets ─┐                              ┌─▶ userspace stack ─▶ services, proxies
///                ├─▶ NodeCore (paths, WireGuard, filter)
///   relays ──────┘                              └─▶ UDP sockets, relays
/// ```
///
/// [NodePlane] is the entry and what the backend drives ([dev.weft.runtime.backend.DataPlane]). It
/// carries bytes between these parts and turns what one of them notices into calls of the others:
/// STUN answers go to `netcheck`, its report chooses the home relay and tells the engine its own
/// endpoints, a relay that connects is told to the engine. It decides nothing that the engine could
/// decide.
///
/// The caller supplies the loop, entropy and whom to trust. Everything runs on the loop; what the
/// backend calls returns at once.
@NullMarked
package dev.weft.runtime.plane;

import org.jspecify.annotations.NullMarked;

/// The decisions of a node, without I/O: which peer a packet is for, by which path its datagrams
/// go, and what the packet filter lets in.
///
/// [NodeCore] is the entry. It composes WireGuard (`dev.weft.wireguard`), the choice of paths
/// (`magicsock`) and the packet filter (`filter`), and routes between them:
///
/// ```
///   handleDatagrams ─▶ disco ─▶ magicsock          handlePackets ─▶ filter.out ─▶ routes
///                   ─▶ STUN ─▶ Output.stun                                          │
///                   ─▶ WireGuard ─▶ filter.in ─▶ Output.deliver      WireGuard ◀────┘
///                                                                       │
///                                   Output.transmit ◀─ magicsock ◀──────┘
/// ```
///
/// What the caller supplies: the peers and rules of the network map ([EngineConfig]), every
/// datagram from its sockets and relay connections, every IP packet of its own stack, its own
/// endpoints when asked, the state of relay connections, time and entropy. One thread calls
/// everything. Batches are borrowed in both directions: an output copies what it keeps.
///
/// What this package does not do: parse the network map's JSON, measure relays, open sockets,
/// terminate TCP. Not there yet: subnet routes' address rewriting, jailed peers, peer relays, the
/// PeerAPI port's exemption from the filter.
///
/// Specification: `docs/protocol/dataplane.md`.
@NullMarked
package dev.weft.engine;

import org.jspecify.annotations.NullMarked;

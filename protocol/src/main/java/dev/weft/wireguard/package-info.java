/// WireGuard as a pure state machine: handshakes, sessions, timers, replay protection.
///
/// [WireGuard] is the entry. It serves all peers of one private key and does no I/O: datagrams and
/// IP packets go in by batches, and what is to be done comes out through [WireGuard.Output]. Time
/// is monotonic nanoseconds that the caller passes; randomness is an [dev.weft.base.Entropy]. The
/// clock that handshake timestamps need is set by [WireGuard#setWallClock].
///
/// **Peers are lazy.** A [PeerSource] of the caller tells who a key belongs to, and a peer costs
/// nothing until the first packet to or from it. Which peer a packet is for is the caller's
/// routing; where a datagram for a peer goes is the caller's path selection. A peer is known by the
/// receiver index and the keys of its session, never by the address a datagram came from, and
/// receiving from a new address moves nothing.
///
/// **Sealing and opening of a batch are outputs.** The core assigns peer, key and counters; the
/// cipher work is [SessionKey#seal] and [SessionKey#open], which whoever implements the output
/// calls at once, or on another thread as long as results of one key come back in order.
///
/// Every table is bounded: sessions by the peers of the caller (four indices each), staged packets
/// by 128 per peer and [StagedPackets.Budget] in total (the oldest go first), rate limiting by 4096
/// sources (the longest quiet go first).
///
/// What this package does not do: persistent keepalives, pre-shared keys in configuration (the zero
/// key is mixed, as Tailscale does), roaming, post-quantum variants (their messages are dropped by
/// type or size).
///
/// Specification: `docs/protocol/dataplane.md` §1; the WireGuard paper; RFC 6479 for the window.
@NullMarked
package dev.weft.wireguard;

import org.jspecify.annotations.NullMarked;

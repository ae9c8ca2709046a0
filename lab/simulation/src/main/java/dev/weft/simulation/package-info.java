/// A mesh of nodes on virtual time: real [dev.weft.engine.NodeCore]s behind simulated NATs, joined
/// by a simulated internet and relay.
///
/// [Mesh] is the entry. It owns the clock, the nodes and what is between them, runs whatever is due
/// next, and watches while it runs: a packet that is delivered twice, or with a source that its
/// sender does not have, fails the run at once ([Mailbox]). All chance comes from one seed, and
/// [Mesh#trace] is a fingerprint of every datagram sent: one seed, one trace.
///
/// ```
///   SimNode ─ Site (LAN + Nat) ─ Internet ─ Site ─ SimNode
///      └───────────────── Relay ──────────────────────┘
/// ```
///
/// What it leaves out: sockets, TCP, the control protocol (every node learns a change of the map at
/// once) and measuring of relays.
///
/// Specification: RFC 4787 for what NATs do; `docs/protocol/dataplane.md` §3 for what nodes do
/// about it.
@NullMarked
package dev.weft.simulation;

import org.jspecify.annotations.NullMarked;

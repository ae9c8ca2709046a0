/// A mesh of nodes on virtual time: real [dev.weft.engine.NodeCore]s behind simulated NATs, joined
/// by a simulated internet, relays and control.
///
/// [Mesh] is the entry. It owns the clock, the nodes and what is between them, and runs whatever is
/// due next. All chance comes from one seed, and [Mesh#trace] is a fingerprint of every datagram,
/// delivery and change of path: one seed, one trace, in every process.
///
/// ```
///   SimNode ─ Site (LAN + Nat) ─ Internet ─ Site ─ SimNode
///      ├───────────────── Relay ──────────────────────┤
///      └──────────────── Control ─────────────────────┘
/// ```
///
/// While it runs, `Model` and `Mailbox` watch: what leaves a node, what its stack gets, whom it
/// knows and where its paths lead must be right at every event, whatever happens to the mesh; once
/// nothing happens any more, every node must know all others as they are, reach them by the best
/// way there is, and lose nothing. `Trouble` is what happens: loss, reordering, repetition,
/// corruption, replayed and invented datagrams, routers that forget, networks that block UDP,
/// relays and control that die, machines that restart, sleep, move, get other keys, set their
/// clocks, leave and join.
///
/// Control is the real core of the server, and its maps go as JSON through the real fold of the
/// client. A mesh without `Control` tells every node of all others at once, for tests of one fault.
///
/// What it leaves out: sockets, TCP, HTTP and Noise, measuring of relays, the netstack.
///
/// Specification: RFC 4787 for what NATs do; `docs/protocol/dataplane.md` §3 for what nodes do
/// about it.
@NullMarked
package dev.weft.simulation;

import org.jspecify.annotations.NullMarked;

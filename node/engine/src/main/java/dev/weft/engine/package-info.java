/// The decisions of a node, without I/O: which peer a packet is for, by which path its datagrams
/// go, and what the packet filter lets in.
///
/// [Path] names where a datagram goes or came from; `magicsock` chooses among paths, `filter`
/// admits packets. Everything here is owned by one thread, takes time and entropy as arguments, and
/// emits what to do to an output.
///
/// Specification: `docs/protocol/dataplane.md`.
@NullMarked
package dev.weft.engine;

import org.jspecify.annotations.NullMarked;

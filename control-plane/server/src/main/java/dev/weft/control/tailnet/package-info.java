/// What a tailnet is and how it changes: users, auth keys, nodes, who is online, and what each node
/// is told of it.
///
/// [dev.weft.control.tailnet.Tailnet] holds the state and makes every decision; it is plain code
/// owned by whoever holds its lock. Time and randomness are arguments, and what has to happen
/// outside goes to an [dev.weft.control.tailnet.Tailnet.Output]: rows to be stored, which happens
/// before memory changes, so that no decision that was answered can be lost (what a node reports of
/// itself is stored a moment later: it reports it again when it connects); and what changed, for
/// the map streams. A map stream is an [dev.weft.control.tailnet.MapSession]: it remembers what its
/// node was told and turns the difference into the next message.
///
/// Rules of registration, maps, addresses and names: `docs/protocol/control.md` §4, §5 and §7.
///
/// Not here: sockets, JSON framing, SQL, threads.
@NullMarked
package dev.weft.control.tailnet;

import org.jspecify.annotations.NullMarked;

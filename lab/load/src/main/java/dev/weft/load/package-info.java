/// A load generator for control servers: many nodes in one process, over the real protocol.
///
/// [LoadCommand][dev.weft.load.LoadCommand] is the entry. Each node has a machine key, a node key
/// and a connection of its own, registers with an auth key, holds a map stream, and tells of new
/// endpoints as a node does that has changed its network; nothing in it moves a packet of a
/// tailnet. Two loads:
///
/// | load | what it does | what it tells |
/// |---|---|---|
/// | `changes` | N nodes join; then one after the other changes an endpoint | time to join, map bytes, how long until the others know (every other node, every change), the server's CPU for a change beyond its idle share, its memory |
/// | `churn` | N nodes; then at each tick a new one joins and the oldest leaves | joins, leaves, failures, a line a minute; for watching the server and other nodes |
///
/// The server may be any: ours, Headscale, whatever answers `/key` and `/ts2021`. How much it uses
/// is read from `/proc` when it runs on the same machine.
///
/// Inside, one virtual thread for a node reads like its dialogue with control; frames of the map
/// streams are cut on the event loops, stamped, and decoded on a thread beside them, so that
/// reading one node's message does not make another's look late. Endpoints come from 198.18.0.0/15
/// (benchmarking, [RFC 2544](https://www.rfc-editor.org/rfc/rfc2544)), and say which change they
/// are.
///
/// The caller supplies an auth key that may be used often, by file or environment: not by argument,
/// which everyone on the machine reads. Not here: nodes that talk to each other, relays, logins in
/// a browser. `lab/bench/control-load.sh` starts servers and compares them; `lab/bench/churn.sh`
/// watches a node and a control server while peers come and go.
///
/// `docs/protocol/control.md` §2, §4.2, §5.
@NullMarked
package dev.weft.load;

import org.jspecify.annotations.NullMarked;

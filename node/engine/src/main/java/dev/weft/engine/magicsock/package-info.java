/// Which path to a peer: straight over UDP where one is proven, through a relay until then.
///
/// [MagicSock] is the entry. It keeps, for each peer of the network map, the addresses where the
/// peer may be ([Candidates]), pings them with disco messages, and holds the best that answered for
/// as long as it keeps answering ([BestPath]). Data never waits for any of that: without a trusted
/// path it goes through the peer's home relay, at once.
///
/// | when | what goes out |
/// |---|---|
/// | best path trusted | data over it alone; a heartbeat ping each 3 s while data was sent within 45 s |
/// | best path known, trust lapsed | data over it and over the relay; a round of pings; a call-me-maybe |
/// | no best path | data over the relay; a round of pings; a call-me-maybe |
///
/// The caller supplies the peers, its own endpoints (asked for by [MagicSock.Output#needEndpoints]
/// when they are too old to tell a peer), which relays are connected, every datagram that is not
/// STUN, and time. It calls [MagicSock#handleTimeout] when [MagicSock#nextTimeout] has come.
///
/// Bounds: 100 candidates and 256 outstanding pings for each peer (the oldest learned one goes),
/// six learned addresses a peer in the address book. What a stranger sends is dropped before any
/// cryptography: only disco keys of the network map are known.
///
/// Not here: STUN and choosing the home relay, peer relays (Geneve is dropped), WireGuard-only
/// peers, silent disco, path MTU discovery.
///
/// Specification: `docs/protocol/dataplane.md` §2 and §3.
@NullMarked
package dev.weft.engine.magicsock;

import org.jspecify.annotations.NullMarked;

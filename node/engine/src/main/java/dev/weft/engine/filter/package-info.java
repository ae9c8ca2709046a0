/// The packet filter: what peers may send to this node.
///
/// [PacketFilter] is the entry. It is compiled from the rules of the network map ([FilterConfig])
/// and asked once for each packet from and to a peer. A node without a network map denies
/// everything. A rule that cannot be understood admits nothing and is reported
/// ([PacketFilter#faults]); no mistake in a rule ever widens what is admitted.
///
/// The filter is stateless but for UDP and SCTP: a packet out opens the way for its answers, for
/// the latest 512 flows of the node. TCP beyond the first SYN always passes, as no connection can
/// come of it.
///
/// The caller supplies the node's own addresses and routes, answers for `cap:` sources, and sends
/// the TSMP reject where a verdict asks for one. It must ask [PacketFilter#out] for every packet
/// out, also for those the node's own stack makes.
///
/// Not here: capability grants (they admit no packet), the PeerAPI port's exemption, jailed peers.
///
/// Specification: `docs/protocol/dataplane.md` §6.
@NullMarked
package dev.weft.engine.filter;

import org.jspecify.annotations.NullMarked;

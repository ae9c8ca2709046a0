/// What a node does with TCP and UDP from its tailnet, and the services it hosts.
///
/// [InboundDispatch] is the one place that says who gets a connection a peer opens: the slots that
/// services have claimed, in their order, then ports somebody listens on, then 127.0.0.1 on the
/// same port. The backend is dialled before the peer's handshake is completed, so a closed port
/// looks closed to the peer (`docs/protocol/services.md §0`, `docs/protocol/dataplane.md §8`).
/// [PeerShares] keeps one peer from taking all connections or UDP flows.
///
/// [NodeTailnet] is [dev.weft.node.Tailnet] over the userspace stack. [ServiceHost] finds the
/// node's services and hands each its context. [ServeSettings] stores what is served and tells the
/// services.
///
/// The caller supplies a [TailnetView], the present network map as far as it is needed here, and
/// the stack's `connect`. The packet filter has run before anything arrives; nothing here filters.
@NullMarked
package dev.weft.runtime.service;

import org.jspecify.annotations.NullMarked;

/// How a service (serve, SSH, MagicDNS) plugs into a node.
///
/// A service implements {@link dev.weft.node.spi.NodeService} and is found by {@link
/// java.util.ServiceLoader}. It receives a {@link dev.weft.node.spi.ServiceContext} of small
/// interfaces and never sees the runtime. The node owns shared state; services are consulted and
/// notified, they do not set it.
///
/// Who gets an inbound connection is one table in the node, in the order of {@link
/// dev.weft.node.spi.Slot}. A service claims a slot that has a name there; it cannot invent a
/// priority.
///
/// What a service supplies: handlers that never block the node loop. What this package does not do:
/// outbound policy, filtering (the packet filter ran before), certificates.
@NullMarked
package dev.weft.node.spi;

import org.jspecify.annotations.NullMarked;

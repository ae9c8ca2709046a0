package dev.weft.node.spi;

import java.net.InetSocketAddress;

/// A TCP connection that a peer opens to this node.
///
/// @param local the own tailnet address and port that the peer dialled
/// @param remote the peer's tailnet address and port; {@link dev.weft.node.Tailnet#whois} tells who
public record InboundFlow(InetSocketAddress local, InetSocketAddress remote) {}

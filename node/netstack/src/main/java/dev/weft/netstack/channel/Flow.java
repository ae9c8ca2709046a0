package dev.weft.netstack.channel;

import java.net.InetSocketAddress;

/// A TCP connection that a peer asks for.
///
/// @param local the address and port that the peer dialled; not an own address when the node routes
///   for others
/// @param remote the peer's address and port
public record Flow(InetSocketAddress local, InetSocketAddress remote) {}

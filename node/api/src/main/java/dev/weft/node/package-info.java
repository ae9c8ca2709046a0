/// A tailnet as services and embedding programs see it: listen on it, dial into it, ask who is
/// calling.
///
/// {@link dev.weft.node.Tailnet} is the entry. Its flows are Netty channels, so that the pipelines
/// for HTTP, TLS, HTTP/2 and SSH run on them exactly as on kernel sockets. All channels of one node
/// live on one event loop, the node loop ({@link dev.weft.node.Tailnet#eventLoop()}): a handler
/// must never block it.
///
/// What the caller supplies: channel handlers. What this package does not do: anything itself; the
/// node's runtime implements it. How a service is found and started is `dev.weft.node.spi`.
@NullMarked
package dev.weft.node;

import org.jspecify.annotations.NullMarked;

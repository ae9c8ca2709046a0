package dev.weft.serve;

import dev.weft.node.Caller;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// What all connections of the service share.
///
/// @param router the configuration in force
/// @param buffers what the connections may hold
/// @param whois who is behind a remote address
/// @param magicDnsSuffix the tailnet's domain; empty while it is not known
record ProxyContext(
    Supplier<Router> router,
    BackendPool pool,
    BufferShare buffers,
    Timeouts timeouts,
    Function<InetSocketAddress, Optional<Caller>> whois,
    Supplier<String> magicDnsSuffix) {}

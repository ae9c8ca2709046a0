/// The proxies through which programs of the machine reach a tailnet that has no network interface:
/// SOCKS5 (RFC 1928: `CONNECT` and `UDP ASSOCIATE`) and HTTP (`CONNECT` and absolute URIs), on one
/// port each or on one for both.
///
/// [ProxyServer] is the entry. It accepts on the node loop, learns where the client wants to go,
/// asks its [Dialer], and then [dev.weft.runtime.loop.ChannelRelay] passes bytes both ways: no more
/// is read from one side than the other side takes, and a half-closed side stays half closed. Names
/// are the dialer's business: they arrive there as the client wrote them.
///
/// There is no authentication; the caller decides which addresses to listen on, and loopback is the
/// only sane default. [GuardedDialer] keeps clients from other machines away from what is this
/// machine's own, and everybody from the tailnet's service addresses.
///
/// Datagrams have a socket per client ([UdpAssociation]) and a channel per destination; fragments
/// are dropped, destinations are bounded by client and together, and close when idle.
@NullMarked
package dev.weft.runtime.socks;

import org.jspecify.annotations.NullMarked;

/// The proxies through which programs of the machine reach a tailnet that has no network interface:
/// SOCKS5 (RFC 1928) and HTTP (`CONNECT` and absolute URIs), on one port each or on one for both.
///
/// [ProxyServer] is the entry. It accepts on the node loop, learns where the client wants to go,
/// asks its [Dialer], and then [dev.weft.runtime.loop.ChannelRelay] passes bytes both ways: no more
/// is read from one side than the other side takes, and a half-closed side stays half closed. Names
/// are the dialer's business: they arrive there as the client wrote them.
///
/// There is no authentication; the caller decides which addresses to listen on, and loopback is the
/// only sane default.
@NullMarked
package dev.weft.runtime.socks;

import org.jspecify.annotations.NullMarked;

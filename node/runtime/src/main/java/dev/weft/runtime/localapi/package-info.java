/// The LocalAPI server: the daemon's face to the programs of its own machine, HTTP/1.1 on a unix
/// socket.
///
/// The official `tailscale` command, certificate tools, editors and the `weft` command all speak
/// this interface, so paths, methods, bodies, header fields and texts follow the peer.
/// [dev.weft.runtime.localapi.LocalApiServer] is the entry. It decodes requests, decides who may
/// ask what, and calls a [dev.weft.runtime.localapi.LocalBackend], which the daemon implements.
/// [dev.weft.runtime.localapi.NotifyBus] is the event stream between the two.
///
/// *Who asks* comes from the kernel: the socket's file is open to all, and the peer's user ID
/// decides. Everyone may read; root, the daemon's own user and the operator named in the settings
/// may change things. Where the kernel's answer is not to be had the file belongs to the owner
/// alone. *Browsers* are kept out: a request with `Origin`, `Referer` or a foreign `Host` is
/// refused, so a web page that reaches the socket through some proxy gains nothing.
///
/// A connection's requests are answered in order, each by blocking code on a virtual thread of its
/// own; only bytes are handled on the event loop. Bodies, pending requests, connections and
/// undelivered events are bounded.
///
/// Specification: `docs/protocol/services.md` §6.1 to §6.4 and §1.2.
@NullMarked
package dev.weft.runtime.localapi;

import org.jspecify.annotations.NullMarked;

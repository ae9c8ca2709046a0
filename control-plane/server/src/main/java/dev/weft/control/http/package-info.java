/// The control plane's sockets: HTTP/1.1 for what anybody may ask, HTTP/2 inside Noise for nodes.
///
/// [dev.weft.control.http.HttpFront] binds addresses and turns requests into calls of
/// [dev.weft.control.http.Handlers], each on a virtual thread of its own, where blocking is fine. A
/// node's request comes as an [dev.weft.control.http.Exchange], which knows the machine that Noise
/// proved.
///
/// Limits are here: connections, all and of one place, size of a body, bytes of all bodies
/// together, streams of a connection, how long a write may take. A peer that does not read is
/// dropped; nothing is queued for it.
///
/// It decides nothing about paths or their meaning. `docs/protocol/control.md` §2.1, §2.6 and §3.
@NullMarked
package dev.weft.control.http;

import org.jspecify.annotations.NullMarked;

/// A node's connections to DERP relays.
///
/// [DerpClients] is the entry. It holds at most one connection per region of the DERP map, opened
/// on the first packet to that region and kept open for the home region. It lives on the node loop:
/// all its methods are called there, and it calls its [DerpListener] there.
///
/// ```java
/// DerpClients derp = new DerpClients(loop, nodeKey, entropy, uplink, listener);
/// derp.useMap(netmap.derpMap());      // again whenever control sends another
/// derp.home(report.preferredRegion()); // connects, and tells the relay that it is our home
/// derp.send(region, peer, array, offset, length);   // bytes are copied or gone when it returns
/// derp.rebind();                      // the machine's addresses changed
/// ```
///
/// A region is connected through its nodes in order, 1.5 s each; after a failure the next attempt
/// waits, up to 5 s. What is sent meanwhile waits in a queue of 32 packets that loses its oldest. A
/// relay that is silent for 120 s is hung up on. Connections other than home close after 60 s
/// without packets.
///
/// The caller supplies the event loop, the node's key, entropy, whom to trust and which proxies to
/// go through ([dev.weft.transport.proxy.Uplink]) and the map. Which region is home, and which
/// region reaches a peer, is decided elsewhere (`runtime.netcheck`, the engine).
///
/// Wire facts: `docs/protocol/dataplane.md §3.7`, `§5.2`, `§5.3`.
@NullMarked
package dev.weft.runtime.derp;

import org.jspecify.annotations.NullMarked;

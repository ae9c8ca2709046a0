/// What the network around a node is like: its public addresses, how far each DERP region is, and
/// which of them should be home.
///
/// [Netcheck] is the core: it plans STUN probes over the node's own UDP socket, times the answers,
/// falls back to timing HTTPS, and makes a [NetReport]; [HomeChoice] is how it picks the home.
/// [NetcheckLoop] is the shell on the node loop: it resolves host names, asks relays over HTTPS and
/// keeps the core's timer.
///
/// ```java
/// NetcheckLoop netcheck = new NetcheckLoop(loop, entropy, uplink, sockets::send, node::onReport);
/// netcheck.useMap(netmap.derpMap());
/// netcheck.start();                            // a report now, then by itself each 20 to 26 s
/// if (Stun.isStun(b, off, len)) netcheck.handleStun(from, b, off, len);
/// netcheck.noteDerpFrame(region);              // a relay that talks to us is not given up lightly
/// netcheck.rebind();                           // the addresses changed: a full report now
/// ```
///
/// The caller supplies the socket, the map and the time. It connects to the chosen home itself
/// (`runtime.derp`), and tells control of it. Not here: captive portals, port mapping, ICMP.
///
/// Facts: `docs/protocol/dataplane.md §4.1` to `§4.3`.
@NullMarked
package dev.weft.runtime.netcheck;

import org.jspecify.annotations.NullMarked;

/// The node daemon: everything that makes a machine, or a Java program, a node of a tailnet.
///
/// [DaemonCommand] is `weft daemon`; [Node] is the same node inside another program. A node is a
/// data plane on one event loop (`loop`, `plane`), a backend that decides what it does (`backend`),
/// the clients by which it talks to control (`control`) and to relays (`derp`, `netcheck`), what it
/// offers to programs of its machine (`localapi`, `socks`) and to services (`service`), and what it
/// remembers (`state`). This package puts them together and takes them apart; it decides nothing.
///
/// The caller supplies the settings and the services ([dev.weft.node.spi.NodeService]). Only
/// userspace networking is here: no TUN device, no change to the machine, no rights needed.
@NullMarked
package dev.weft.runtime;

import org.jspecify.annotations.NullMarked;

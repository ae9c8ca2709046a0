/// The node loop: the one thread of a node's data plane, and what it owns of the operating system.
///
/// [NodeLoop] is a single Netty event loop, on epoll where the machine has it and on NIO elsewhere.
/// The engine core, the userspace TCP/IP stack and the relay connections all run on it, so none of
/// them needs a lock. Other threads hand work over with [NodeLoop#submit], a bounded queue that
/// says no when it is full.
///
/// [UdpSockets] are the node's IPv4 and IPv6 sockets on one port. They carry batches both ways:
/// sending uses segmentation offload from a [SendBuffer] that the engine has sealed into, receiving
/// uses receive offload and hands the engine the batch where the kernel put it
/// (`docs/protocol/dataplane.md §10.4`). Where Netty has to read them, because the system is
/// another or calls of it are not allowed, batches are put together again from its single
/// datagrams. [CoreTimer] turns a core's `nextTimeout` into a wake-up. [LoopClock] is the monotonic
/// time of the cores, and notices when the machine has slept.
///
/// [ChannelRelay] joins two channels of the loop into one connection.
///
/// Nothing here decides anything about packets; drops are counted in [UdpCounters] and never logged
/// one by one.
@NullMarked
package dev.weft.runtime.loop;

import org.jspecify.annotations.NullMarked;

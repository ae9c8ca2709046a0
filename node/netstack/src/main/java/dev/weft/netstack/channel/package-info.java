/// The userspace TCP/IP stack as Netty channels on one event loop.
///
/// {@link dev.weft.netstack.channel.NetstackLoop} is the entry. It ties a {@link
/// dev.weft.netstack.Netstack} to the event loop that also runs the node's engine: it keeps the
/// stack's timer, runs its output once per loop pass, and makes channels.
///
/// What the caller supplies:
///
/// ```java
/// NetstackLoop net = new NetstackLoop(eventLoop, new Netstack(NetstackConfig.DEFAULT, entropy),
///     clock,  // LongSupplier: monotonic nanoseconds, the node's `now`
///     (now, ipPackets) -> engine.handlePackets(now, ipPackets, engineOutput));   // PacketSink: IP packets out
/// net.setAddresses(List.of(Ip.parse("100.64.0.1"), Ip.parse("fd7a:115c:a1e0::1")));  // again when the network map changes
/// net.handlePackets(ipPackets);                                 // IP packets in, from the engine's deliver
/// ```
///
/// What it offers; every call is made on the event loop except where said:
///
/// ```java
/// ChannelFuture connect(InetSocketAddress remote, ChannelHandler handler);     // from any thread; CONNECT_TIMEOUT_MILLIS is 30 s
/// ChannelFuture listen(int port, ChannelHandler childHandler);                 // from any thread; 0: a free port; BindException when taken
/// ChannelFuture connectDatagram(InetSocketAddress remote, ChannelHandler handler);
/// ChannelFuture bindDatagram(InetSocketAddress local, ChannelHandler handler); // from any thread; messages are io.netty DatagramPackets
/// void setForwarder(Forwarder forwarder);                                      // who is asked about connections nobody listens for
/// void refuseDatagram(InetSocketAddress local, InetSocketAddress remote);      // port unreachable, for what the forwarder took
/// void sendDatagram(InetSocketAddress from, InetSocketAddress to, ByteBuf payload);  // an answer of the forwarder, from any address
/// ```
///
/// A connection is a {@link io.netty.channel.socket.DuplexChannel}: it half-closes, is unwritable
/// while the peer's window and the send buffer are full, obeys `autoRead`, and its failures are
/// those of a kernel socket: `ConnectException: Connection refused`, `ConnectTimeoutException`,
/// `IOException: Connection reset by peer`. Bootstraps work too: `new
/// Bootstrap().group(eventLoop).channelFactory(net::newChannel)`, `new
/// ServerBootstrap().group(eventLoop).channelFactory(net::newServerChannel)`.
///
/// {@link dev.weft.netstack.channel.Forwarder} sees every SYN for a port without a listener, on own
/// and on foreign addresses, before it is answered; accept or reject may come much later (after a
/// backend was dialled), and only then does the peer get a SYN-ACK or a RST.
///
/// Traffic from an own address to an own address never reaches the sink: the stack loops it back.
///
/// What it does not do: filter (the engine did), route, resolve names.
@NullMarked
package dev.weft.netstack.channel;

import org.jspecify.annotations.NullMarked;

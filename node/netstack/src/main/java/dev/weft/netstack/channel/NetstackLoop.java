package dev.weft.netstack.channel;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.base.Segments;
import dev.weft.netstack.Netstack;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A [Netstack] on an event loop: its timer, its output, its channels.
///
/// The package describes how it is used. Unless said otherwise, methods are called on the event
/// loop.
public final class NetstackLoop {
  private final EventLoop eventLoop;
  private final Netstack stack;
  private final LongSupplier clock;
  private final Netstack.Output output;
  private final Runnable flushTask = this::flush;
  private final Runnable timerTask = this::onTimer;
  private boolean flushScheduled;
  private boolean isFlushing;
  private @Nullable Future<?> timer;
  private long timerAt = Long.MAX_VALUE;

  /// @param clock monotonic nanoseconds, never negative; read on the event loop
  public NetstackLoop(EventLoop eventLoop, Netstack stack, LongSupplier clock, PacketSink sink) {
    this.eventLoop = eventLoop;
    this.stack = stack;
    this.clock = clock;
    output = packets -> sink.transmit(now(), packets);
  }

  public EventLoop eventLoop() {
    return eventLoop;
  }

  /// The addresses that this node is, whenever they change.
  public void setAddresses(List<Ip> own) {
    stack.setAddresses(own);
  }

  /// IP packets that the engine delivers. Handlers are called and answers sent later in this pass
  /// of the loop.
  public void handlePackets(Segments ipPackets) {
    stack.handlePackets(now(), ipPackets, output);
    requestFlush();
  }

  /// See [Netstack#exchange].
  public boolean exchange(byte[] used, byte[] spare) {
    return stack.exchange(used, spare);
  }

  /// Opens a TCP connection. From any thread.
  ///
  /// @return fails as a kernel socket does: `ConnectException` (refused),
  ///   `ConnectTimeoutException`, `NoRouteToHostException`
  public ChannelFuture connect(InetSocketAddress remote, ChannelHandler handler) {
    return new Bootstrap()
        .group(eventLoop)
        .channelFactory(this::newChannel)
        .handler(handler)
        .connect(remote);
  }

  /// A peer's policy does not let this connection in: it fails with [ConnectProhibitedException],
  /// unless it is open already.
  public void reject(Endpoint local, Endpoint remote) {
    stack.reject(local, remote);
    requestFlush();
  }

  /// Takes TCP connections to a port of all own addresses. From any thread.
  ///
  /// @param port 0 for a free one; the channel's local address tells which
  /// @return fails with `BindException` when the port is taken
  public ChannelFuture listen(int port, ChannelHandler childHandler) {
    return new ServerBootstrap()
        .group(eventLoop)
        .channelFactory(this::newServerChannel)
        .childHandler(childHandler)
        .bind(port);
  }

  /// Binds a UDP port; messages are [io.netty.channel.socket.DatagramPacket]. From any thread.
  ///
  /// @param local the unspecified address for all own addresses; port 0 for a free one
  public ChannelFuture bindDatagram(InetSocketAddress local, ChannelHandler handler) {
    return new Bootstrap()
        .group(eventLoop)
        .channelFactory(this::newDatagramChannel)
        .handler(handler)
        .bind(local);
  }

  /// Opens a UDP channel from any free port that hears of `remote` only, and may send it
  /// `ByteBuf`s. From any thread.
  public ChannelFuture connectDatagram(InetSocketAddress remote, ChannelHandler handler) {
    return new Bootstrap()
        .group(eventLoop)
        .channelFactory(this::newDatagramChannel)
        .handler(handler)
        .connect(remote);
  }

  /// For bootstraps with more options. The group must be this event loop.
  public NetstackChannel newChannel() {
    return new NetstackChannel(this);
  }

  public NetstackServerChannel newServerChannel() {
    return new NetstackServerChannel(this);
  }

  public NetstackDatagramChannel newDatagramChannel() {
    return new NetstackDatagramChannel(this);
  }

  /// Who is asked about connections and datagrams that nobody listens for; null for nobody, and
  /// then they are refused.
  public void setForwarder(@Nullable Forwarder forwarder) {
    if (forwarder == null) {
      stack.setTcpForwarder(null);
      stack.setUdpForwarder(null);
      return;
    }
    stack.setTcpForwarder(request -> {
      Flow flow = new Flow(socketAddress(request.local()), socketAddress(request.remote()));
      forwarder.onIncoming(flow, new ForwarderDecision(this, request, flow));
    });
    stack.setUdpForwarder((local, remote, array, offset, length) -> {
      ByteBuf payload = NetstackDatagramChannel.copy(array, offset, length);
      forwarder.onDatagram(socketAddress(local), socketAddress(remote), payload);
    });
  }

  /// Sends a datagram from any address, as an answer of the forwarder. Releases the payload.
  public void sendDatagram(InetSocketAddress from, InetSocketAddress to, ByteBuf payload) {
    try {
      stack.sendDatagram(Endpoint.of(from), Endpoint.of(to), payload.nioBuffer());
    } finally {
      payload.release();
    }
    requestFlush();
  }

  /// Tells the sender of a datagram that the forwarder has taken that nobody is there: with the
  /// addresses of the datagram, as the forwarder was told them.
  public void refuseDatagram(InetSocketAddress local, InetSocketAddress remote) {
    stack.refuseDatagram(now(), Endpoint.of(local), Endpoint.of(remote), output);
  }

  // For the channels.

  Netstack stack() {
    return stack;
  }

  long now() {
    return clock.getAsLong();
  }

  Future<Channel> register(NetstackChannel channel, ChannelHandler handler) {
    channel.pipeline().addLast(handler);
    Future<Channel> done = channel.established();
    eventLoop.register(channel);
    requestFlush();
    return done;
  }

  /// Makes sure that [Netstack#flush] runs after what the loop is doing now.
  void requestFlush() {
    if (!flushScheduled && !isFlushing) {
      flushScheduled = true;
      eventLoop.execute(flushTask);
    }
  }

  private void flush() {
    flushScheduled = false;
    isFlushing = true; // What handlers ask for now, this flush does.
    try {
      stack.flush(now(), output);
    } finally {
      isFlushing = false;
    }
    armTimer();
  }

  /// A timer that comes too early does no harm, so one is only replaced when it would come too
  /// late.
  private void armTimer() {
    long next = stack.nextTimeout();
    if (next >= timerAt) {
      return;
    }
    if (timer != null) {
      timer.cancel(false);
    }
    timerAt = next;
    timer = eventLoop.schedule(timerTask, Math.max(next - now(), 0), TimeUnit.NANOSECONDS);
  }

  private void onTimer() {
    timer = null;
    timerAt = Long.MAX_VALUE;
    stack.handleTimeout(now(), output);
    flush();
  }

  static InetSocketAddress socketAddress(Endpoint endpoint) {
    return endpoint.toSocketAddress();
  }
}

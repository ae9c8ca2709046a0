package dev.weft.runtime.service;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;

/// What is needed of the userspace stack.
public interface TailnetStack {
  /// Opens a TCP connection. From any thread; the handler is in the pipeline before the channel is
  /// active.
  ChannelFuture connect(InetSocketAddress remote, ChannelHandler handler);

  /// Opens a UDP channel that hears of this remote only. From any thread.
  ChannelFuture connectDatagram(InetSocketAddress remote, ChannelHandler handler);

  /// Answers a datagram from a peer; takes the payload over. On the node loop.
  void sendDatagram(InetSocketAddress from, InetSocketAddress to, ByteBuf payload);

  /// Nobody is at `local`, to which `remote` had sent a datagram. On the node loop.
  void refuseDatagram(InetSocketAddress local, InetSocketAddress remote);
}

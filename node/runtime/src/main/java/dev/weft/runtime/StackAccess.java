package dev.weft.runtime;

import dev.weft.netstack.channel.NetstackLoop;
import dev.weft.runtime.service.TailnetStack;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;

/// The data plane's stack as the services see it.
record StackAccess(NetstackLoop stack) implements TailnetStack {
  @Override
  public ChannelFuture connect(InetSocketAddress remote, ChannelHandler handler) {
    return stack.connect(remote, handler);
  }

  @Override
  public ChannelFuture connectDatagram(InetSocketAddress remote, ChannelHandler handler) {
    return stack.connectDatagram(remote, handler);
  }

  @Override
  public void sendDatagram(InetSocketAddress from, InetSocketAddress to, ByteBuf payload) {
    stack.sendDatagram(from, to, payload);
  }

  @Override
  public void refuseDatagram(InetSocketAddress local, InetSocketAddress remote) {
    stack.refuseDatagram(local, remote);
  }
}

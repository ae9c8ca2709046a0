package dev.weft.runtime.service;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Stands in for the caller's handler until the connection stands: an attempt that fails must not
/// use up a handler that may be added to one pipeline only.
final class OnceConnected extends ChannelInboundHandlerAdapter {
  private final ChannelHandler handler;

  OnceConnected(ChannelHandler handler) {
    this.handler = handler;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context.pipeline().addLast(handler);
    context.fireChannelActive();
    context.pipeline().remove(this);
  }
}

package dev.weft.runtime.socks;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Keeps a dialled channel from reading until the relay has taken it over: a server that speaks
/// first must not be heard by an empty pipeline.
final class DialledEnd extends ChannelInboundHandlerAdapter {
  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    context.channel().config().setAutoRead(false);
  }
}

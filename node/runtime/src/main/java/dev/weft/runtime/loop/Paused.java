package dev.weft.runtime.loop;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// The only handler of a connection that waits for a [ChannelRelay] to take it over. It keeps the
/// channel from reading: an end that speaks first must not be heard by an empty pipeline.
public final class Paused extends ChannelInboundHandlerAdapter {
  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    context.channel().config().setAutoRead(false);
  }
}

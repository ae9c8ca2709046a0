package dev.weft.runtime.socks;

import dev.weft.runtime.loop.NodeLoop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Tells SOCKS5, which opens with its version 0x05, from HTTP, which opens with a letter.
final class FirstByte extends ChannelInboundHandlerAdapter {
  private static final byte SOCKS_VERSION = 0x05;

  private final NodeLoop loop;
  private final Dialer dialer;
  private final UdpAssociation.Budget budget;

  FirstByte(NodeLoop loop, Dialer dialer, UdpAssociation.Budget budget) {
    this.loop = loop;
    this.dialer = dialer;
    this.budget = budget;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (!bytes.isReadable()) {
      bytes.release();
      return;
    }
    if (bytes.getByte(bytes.readerIndex()) == SOCKS_VERSION) {
      Socks5Handler.install(loop, context.channel(), dialer, budget);
    } else {
      HttpProxyHandler.install(context.channel(), dialer);
    }
    context.fireChannelRead(message);
    context.pipeline().remove(this);
  }
}

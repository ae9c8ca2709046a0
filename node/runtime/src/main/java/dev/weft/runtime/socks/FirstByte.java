package dev.weft.runtime.socks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Tells SOCKS5, which opens with its version 0x05, from HTTP, which opens with a letter.
final class FirstByte extends ChannelInboundHandlerAdapter {
  private static final byte SOCKS_VERSION = 0x05;

  private final Dialer dialer;

  FirstByte(Dialer dialer) {
    this.dialer = dialer;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (!bytes.isReadable()) {
      bytes.release();
      return;
    }
    if (bytes.getByte(bytes.readerIndex()) == SOCKS_VERSION) {
      Socks5Handler.install(context.channel(), dialer);
    } else {
      HttpProxyHandler.install(context.channel(), dialer);
    }
    context.fireChannelRead(message);
    context.pipeline().remove(this);
  }
}

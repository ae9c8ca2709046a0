package dev.weft.serve;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;

/// One direction of two connections that carry each other's bytes: what comes on this one is
/// written to the other. A direction that ends is ended on the other side, and the way back stays
/// open until it ends too.
final class Relay extends ChannelInboundHandlerAdapter {
  private final Channel other;
  private boolean inputEnded;

  private Relay(Channel other) {
    this.other = other;
  }

  /// Replaces the handlers of both contexts, writes what each side has already sent, and lets go.
  /// Both channels live on one event loop and do not read by themselves.
  static void join(ChannelHandlerContext a, ByteBuf fromA, ChannelHandlerContext b, ByteBuf fromB) {
    install(a, new Relay(b.channel()));
    install(b, new Relay(a.channel()));
    a.channel().writeAndFlush(fromB);
    b.channel().writeAndFlush(fromA);
    if (!a.channel().isActive() || !b.channel().isActive()) {
      a.channel().close();
      b.channel().close();
      return;
    }
    a.channel().read();
    b.channel().read();
  }

  private static void install(ChannelHandlerContext ctx, Relay relay) {
    ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    ctx.pipeline().replace(ctx.handler(), null, relay);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    other.write(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    other.flush();
    if (other.isWritable() && !inputEnded) {
      ctx.read();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      other.read();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    boolean isEnd =
        event == ChannelInputShutdownEvent.INSTANCE
            || event == ChannelInputShutdownReadComplete.INSTANCE;
    if (!isEnd || inputEnded) {
      return;
    }
    inputEnded = true;
    Relay back = other.pipeline().get(Relay.class);
    boolean bothEnded = back == null || back.inputEnded;
    if (bothEnded || !(other instanceof DuplexChannel duplex)) {
      other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    } else {
      other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> duplex.shutdownOutput());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    // What was read before is still to be delivered.
    if (other.isActive()) {
      other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  @SuppressWarnings("deprecation") // of ChannelHandler, not of ChannelInboundHandler
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}

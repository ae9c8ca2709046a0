package dev.weft.transport.ts2021;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/// Bytes in binary messages, whose boundaries mean nothing.
final class WebSocketMessages extends ChannelDuplexHandler {
  private boolean closing;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof WebSocketFrame frame)) {
      ctx.fireChannelRead(message);
      return;
    }
    if (closing) {
      frame.release();
      return;
    }
    switch (frame) {
      case BinaryWebSocketFrame _, ContinuationWebSocketFrame _ ->
          ctx.fireChannelRead(frame.content());
      case PingWebSocketFrame _ -> answer(ctx, frame);
      case PongWebSocketFrame _ -> frame.release();
      case CloseWebSocketFrame _ -> {
        frame.release();
        close(ctx, WebSocketCloseStatus.NORMAL_CLOSURE);
      }
      default -> {
        frame.release();
        close(ctx, WebSocketCloseStatus.INVALID_MESSAGE_TYPE);
      }
    }
  }

  /// Whoever does not take what is due gets no answer: those would pile up.
  private static void answer(ChannelHandlerContext ctx, WebSocketFrame ping) {
    if (ctx.channel().isWritable()) {
      ctx.writeAndFlush(new PongWebSocketFrame(ping.content()));
    } else {
      ping.release();
    }
  }

  private void close(ChannelHandlerContext ctx, WebSocketCloseStatus status) {
    closing = true;
    goodbye(ctx, status);
  }

  static void goodbye(ChannelHandlerContext ctx, WebSocketCloseStatus status) {
    ctx.writeAndFlush(new CloseWebSocketFrame(status)).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    Object frame = message instanceof ByteBuf bytes ? new BinaryWebSocketFrame(bytes) : message;
    ctx.write(frame, promise);
  }
}

package dev.weft.transport.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.concurrent.TimeUnit;

/// A WebSocket as a stream of bytes: message boundaries mean nothing to what runs over it.
///
/// The codec before it notices what RFC 6455 forbids (reserved bits and opcodes, unmasked or too
/// long frames, close codes, text that is not UTF-8) and leaves the answer to this handler.
public final class WebSocketBytes extends ChannelDuplexHandler {
  /// For a goodbye that the client does not take.
  private static final int GOODBYE_SECONDS = 2;

  // RFC 6455 §7.1.5: a Close frame without a code.
  private static final int NO_STATUS = -1;

  // RFC 6455 §7.4.2 and the registry behind it.
  private static final int FIRST_UNREGISTERED = 1015;
  private static final int FIRST_OF_APPLICATIONS = 3000;
  private static final int END_OF_APPLICATIONS = 5000;

  private boolean closing;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof WebSocketFrame frame)) {
      ctx.fireChannelRead(msg);
      return;
    }
    if (closing) {
      frame.release();
      return;
    }
    switch (frame) {
      case BinaryWebSocketFrame _, ContinuationWebSocketFrame _ ->
          ctx.fireChannelRead(frame.content());
      case PingWebSocketFrame _ -> pong(ctx, frame);
      case PongWebSocketFrame _ -> frame.release();
      case CloseWebSocketFrame asked -> {
        int status = asked.statusCode();
        frame.release();
        close(ctx, answerTo(status));
      }
      default -> {
        // Text.
        frame.release();
        close(ctx, new CloseWebSocketFrame(WebSocketCloseStatus.INVALID_MESSAGE_TYPE));
      }
    }
  }

  /// RFC 6455 §5.5.1: the answer repeats the code, if it is one that may be sent (§7.4).
  private static CloseWebSocketFrame answerTo(int status) {
    if (status == NO_STATUS) {
      return new CloseWebSocketFrame();
    }
    boolean valid =
        WebSocketCloseStatus.isValidStatusCode(status)
            && (status < FIRST_UNREGISTERED || status >= FIRST_OF_APPLICATIONS)
            && status < END_OF_APPLICATIONS;
    return valid
        ? new CloseWebSocketFrame(status, "")
        : new CloseWebSocketFrame(WebSocketCloseStatus.PROTOCOL_ERROR);
  }

  /// A client that does not take what is due gets no answer: those would pile up.
  private static void pong(ChannelHandlerContext ctx, WebSocketFrame ping) {
    if (ctx.channel().isWritable()) {
      ctx.writeAndFlush(new PongWebSocketFrame(ping.content()));
    } else {
      ping.release();
    }
  }

  private void close(ChannelHandlerContext ctx, CloseWebSocketFrame frame) {
    closing = true;
    goodbye(ctx, frame);
  }

  /// Says why and closes the connection, also when the other side does not take it.
  public static void goodbye(ChannelHandlerContext ctx, CloseWebSocketFrame frame) {
    ctx.executor().schedule(() -> ctx.channel().close(), GOODBYE_SECONDS, TimeUnit.SECONDS);
    ctx.writeAndFlush(frame).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException corrupted) {
      if (!closing) {
        close(ctx, new CloseWebSocketFrame(corrupted.closeStatus()));
      }
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (msg instanceof ByteBuf bytes) {
      ctx.write(new BinaryWebSocketFrame(bytes), promise);
    } else {
      ctx.write(msg, promise);
    }
  }
}

package dev.weft.control.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Closes a stream that is still open a while after its answer was complete: its peer does not take
/// the answer, or does not end its own side, and what waits would stay for ever. A peer says how
/// much it takes, and may say nothing at all.
final class AnswerDeadline extends ChannelDuplexHandler {
  /// As long as a request may take to arrive.
  static final int SECONDS = 30;

  private @Nullable Future<?> deadline;

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    boolean isLast = message instanceof Http2DataFrame data && data.isEndStream();
    ctx.write(message, promise);
    if (isLast && deadline == null && ctx.channel().isActive()) {
      deadline = ctx.executor().schedule(() -> breakOff(ctx), SECONDS, TimeUnit.SECONDS);
    }
  }

  private static void breakOff(ChannelHandlerContext ctx) {
    // Closing alone resets no stream whose end was written, and what its peer does not take would
    // stay behind in the connection.
    ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
    ctx.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    handlerRemoved(ctx);
    ctx.fireChannelInactive();
  }
}

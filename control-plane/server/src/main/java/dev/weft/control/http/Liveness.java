package dev.weft.control.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Asks the node now and then whether it is there, and closes the connection when it does not
/// answer before the next question: a machine that lost power says nothing, and would count as
/// online until TCP gives up.
///
/// Sits behind the multiplexer, where frames of the connection itself arrive.
final class Liveness extends ChannelInboundHandlerAdapter {
  private static final int PERIOD_SECONDS = 30;

  private @Nullable Future<?> timer;
  private boolean awaitsAnswer;
  private long asked;

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    timer =
        ctx.executor()
            .scheduleAtFixedRate(() -> ask(ctx), PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    handlerRemoved(ctx);
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof Http2PingFrame ping && ping.ack() && ping.content() == asked) {
      awaitsAnswer = false;
    }
    ReferenceCountUtil.release(message);
  }

  private void ask(ChannelHandlerContext ctx) {
    if (awaitsAnswer) {
      ctx.close();
      return;
    }
    awaitsAnswer = true;
    ctx.writeAndFlush(new DefaultHttp2PingFrame(++asked));
  }
}

package dev.weft.control.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Asks the node now and then whether it is there, and closes the connection when it does not
/// answer before the next question: a machine that lost power says nothing, and would count as
/// online until TCP gives up. Closes a connection that asks for nothing for long, too: a node opens
/// another when it has to (`docs/protocol/control.md` §2.6).
///
/// Sits behind the multiplexer, where frames of the connection itself arrive.
final class Liveness extends ChannelInboundHandlerAdapter {
  static final int PERIOD_SECONDS = 30;

  /// Ten minutes.
  static final int MAX_IDLE_PERIODS = 20;

  private final BooleanSupplier isUsed;
  private @Nullable Future<?> timer;
  private boolean awaitsAnswer;
  private long asked;
  private int idlePeriods;

  /// @param isUsed whether a request is being received or answered
  Liveness(BooleanSupplier isUsed) {
    this.isUsed = isUsed;
  }

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

  /// What a peer breaks is its own business.
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  private void ask(ChannelHandlerContext ctx) {
    idlePeriods = isUsed.getAsBoolean() ? 0 : idlePeriods + 1;
    if (awaitsAnswer || idlePeriods > MAX_IDLE_PERIODS) {
      ctx.close();
      return;
    }
    awaitsAnswer = true;
    ctx.writeAndFlush(new DefaultHttp2PingFrame(++asked));
  }
}

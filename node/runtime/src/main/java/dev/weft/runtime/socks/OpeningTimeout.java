package dev.weft.runtime.socks;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Closes a client that does not finish its request in time. Dialling has timeouts of its own.
final class OpeningTimeout extends ChannelInboundHandlerAdapter {
  private static final long SECONDS = 15;

  private @Nullable ScheduledFuture<?> timeout;

  /// The request of this connection is complete.
  static void requestRead(ChannelPipeline pipeline) {
    if (pipeline.get(OpeningTimeout.class) != null) {
      pipeline.remove(OpeningTimeout.class);
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    timeout = context.executor().schedule(() -> context.close(), SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (timeout != null) {
      timeout.cancel(false);
    }
  }
}

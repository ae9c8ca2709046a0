package dev.weft.control.http;

import static java.util.Objects.requireNonNull;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Closes a connection that has not said what it wants in time, however busily it says nothing.
/// Leaves the pipeline with the upgrade.
final class Deadline extends ChannelInboundHandlerAdapter {
  private final int seconds;
  private @Nullable Future<?> timer;

  Deadline(int seconds) {
    this.seconds = seconds;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    timer = ctx.executor().schedule(() -> ctx.close(), seconds, TimeUnit.SECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    requireNonNull(timer).cancel(false);
  }
}

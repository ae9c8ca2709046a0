package dev.weft.control.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/// Builds the pipeline of a connection for pages only: nobody gets from here to what nodes ask.
final class PlainInitializer extends ChannelInitializer<Channel> {
  private static final int PATIENCE_SECONDS = 30;
  private static final int MAX_BODY = 4096;

  /// One or two servers ask, now and then.
  private static final int MAX_CONNECTIONS = 64;

  private final AtomicInteger connections = new AtomicInteger();
  private final Pages pages;
  private final FailureLog failures;
  private final Executor executor;

  PlainInitializer(Pages pages, FailureLog failures, Executor executor) {
    this.failures = failures;
    this.pages = pages;
    this.executor = executor;
  }

  @Override
  protected void initChannel(Channel channel) {
    channel.closeFuture().addListener(_ -> connections.decrementAndGet());
    if (connections.incrementAndGet() > MAX_CONNECTIONS) {
      channel.close();
      return;
    }
    channel
        .pipeline()
        .addLast(
            new HttpServerCodec(),
            new Deadline(PATIENCE_SECONDS),
            new HttpObjectAggregator(MAX_BODY),
            new OpenRequestHandler(pages, failures, executor));
  }
}

package dev.weft.runtime.derp;

import dev.weft.runtime.loop.NodeLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Connects TCP to the first of several addresses that answers: the next one is tried when one has
/// failed, or has not answered for a while. On the node loop.
final class AddressRace {
  // dataplane.md §5.3.
  private static final int TIMEOUT_MILLIS = 1_500;
  private static final int HEAD_START_MILLIS = 200;

  private final NodeLoop loop;
  private final ArrayDeque<InetSocketAddress> waiting;
  private final Consumer<Channel> onConnected;
  private final Consumer<String> onFailed;
  private final List<Channel> connecting = new ArrayList<>();

  private @Nullable Future<?> headStart;
  private boolean over;
  private String lastFailure = "no address";

  AddressRace(
      NodeLoop loop,
      List<InetSocketAddress> addresses,
      Consumer<Channel> onConnected,
      Consumer<String> onFailed) {
    this.loop = loop;
    this.waiting = new ArrayDeque<>(addresses);
    this.onConnected = onConnected;
    this.onFailed = onFailed;
  }

  void start() {
    if (over) {
      return;
    }
    InetSocketAddress next = waiting.poll();
    if (next == null) {
      if (connecting.isEmpty()) {
        over = true;
        onFailed.accept(lastFailure);
      }
      return;
    }
    connect(next);
    if (!waiting.isEmpty()) {
      headStart = loop.eventLoop().schedule(this::start, HEAD_START_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void connect(InetSocketAddress address) {
    ChannelFuture attempt =
        new Bootstrap()
            .group(loop.eventLoop())
            .channel(loop.transport().socketChannel())
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, TIMEOUT_MILLIS)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            // Whoever takes the channel over adds the rest.
            .handler(new ChannelInboundHandlerAdapter())
            .connect(address);
    connecting.add(attempt.channel());
    attempt.addListener(_ -> onAnswer(attempt));
  }

  private void onAnswer(ChannelFuture attempt) {
    connecting.remove(attempt.channel());
    if (over) {
      attempt.channel().close();
      return;
    }
    if (attempt.isSuccess()) {
      cancel();
      onConnected.accept(attempt.channel());
      return;
    }
    lastFailure = reason(attempt.cause());
    if (headStart != null) {
      headStart.cancel(false);
    }
    start();
  }

  /// Nothing is called any more.
  void cancel() {
    over = true;
    if (headStart != null) {
      headStart.cancel(false);
    }
    connecting.forEach(Channel::close);
  }

  private static String reason(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}

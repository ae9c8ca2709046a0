package dev.weft.runtime.service;

import dev.weft.runtime.loop.NodeLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;

/// Opens connections through the operating system, for destinations outside the tailnet. The
/// addresses of a name are tried one after the other.
final class OsDialer {
  /// Look-ups at one time: each may hang for the resolver's timeout.
  private static final int MAX_LOOKUPS = 256;

  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  private final NodeLoop loop;
  private final Semaphore lookups = new Semaphore(MAX_LOOKUPS);

  OsDialer(NodeLoop loop) {
    this.loop = loop;
  }

  Future<Channel> dial(String host, int port, ChannelHandler handler) {
    return lookedUp(host, (addresses, p) -> connect(addresses, 0, port, handler, p));
  }

  /// Connects a datagram socket to the first address: there is no telling whether it answers.
  Future<Channel> dialDatagrams(String host, int port, ChannelHandler handler) {
    return lookedUp(
        host,
        (addresses, promise) -> {
          ChannelFuture connected =
              new Bootstrap()
                  .group(loop.eventLoop())
                  .channel(loop.transport().datagramChannel())
                  .handler(handler)
                  .connect(new InetSocketAddress(addresses[0], port));
          connected.addListener(_ -> {
            if (connected.isSuccess()) {
              promise.setSuccess(connected.channel());
            } else {
              promise.setFailure(connected.cause());
            }
          });
        });
  }

  private Future<Channel> lookedUp(
      String host, BiConsumer<InetAddress[], Promise<Channel>> connect) {
    Promise<Channel> promise = loop.eventLoop().newPromise();
    if (!lookups.tryAcquire()) {
      return promise.setFailure(
          new UnknownHostException(host + ": too many name look-ups at once"));
    }
    Thread.ofVirtual().name("weft-lookup").start(() -> lookUp(host, connect, promise));
    return promise;
  }

  private void lookUp(
      String host, BiConsumer<InetAddress[], Promise<Channel>> connect, Promise<Channel> promise) {
    try {
      InetAddress[] addresses = InetAddress.getAllByName(host);
      loop.eventLoop().execute(() -> connect.accept(addresses, promise));
    } catch (UnknownHostException e) {
      promise.setFailure(e);
    } finally {
      lookups.release();
    }
  }

  private void connect(
      InetAddress[] addresses,
      int index,
      int port,
      ChannelHandler handler,
      Promise<Channel> promise) {
    ChannelFuture connected =
        new Bootstrap()
            .group(loop.eventLoop())
            .channel(loop.transport().socketChannel())
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(new InetSocketAddress(addresses[index], port));
    connected.addListener(_ -> {
      if (connected.isSuccess()) {
        // Only now: a handler may be one that can be added once, and a failed attempt must not use
        // it up. It is here before the channel tells that it is active.
        connected.channel().pipeline().addLast(handler);
        promise.setSuccess(connected.channel());
      } else if (index + 1 < addresses.length) {
        connect(addresses, index + 1, port, handler, promise);
      } else {
        promise.setFailure(connected.cause());
      }
    });
  }
}

package dev.weft.control.http;

import dev.weft.base.Entropy;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.transport.port.PortHolder;
import dev.weft.transport.tls.CurrentTls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The listening sockets of a control plane.
public final class HttpFront implements AutoCloseable {
  private static final int LOOPS = 2;
  private static final int BACKLOG = 1024;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(LOOPS, NioIoHandler.newFactory());
  private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Channel> listening = new ArrayList<>();
  private final Limits limits = new Limits();
  private final MachinePrivateKey serverKey;
  private final Entropy entropy;
  private final Handlers handlers;
  private final TrustedProxies proxies;

  /// @param entropy is used on several threads at once
  public HttpFront(
      MachinePrivateKey serverKey, Entropy entropy, Handlers handlers, TrustedProxies proxies) {
    this.proxies = proxies;
    this.serverKey = serverKey;
    this.entropy = entropy;
    this.handlers = handlers;
  }

  /// What carries all connections.
  public EventLoopGroup loops() {
    return loops;
  }

  /// Listens.
  ///
  /// @param tls asked for each connection; null for plain HTTP
  /// @return the address, with the port that the system chose when 0 was asked for
  public InetSocketAddress listen(InetSocketAddress address, @Nullable CurrentTls tls)
      throws IOException {
    return bind(
        address,
        new ConnectionInitializer(tls, serverKey, entropy, handlers, proxies, limits, requests));
  }

  /// Listens for requests of these pages alone, in plain HTTP.
  public InetSocketAddress listenForPages(InetSocketAddress address, Pages pages)
      throws IOException {
    return bind(address, new PlainInitializer(pages, limits.failures, requests));
  }

  private InetSocketAddress bind(InetSocketAddress address, ChannelInitializer<Channel> initializer)
      throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            // A node that vanished without a word is noticed in the end.
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childHandler(initializer);
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(PortHolder.explainTcp(address.getPort(), bound.cause()), bound.cause());
    }
    listening.add(bound.channel());
    return (InetSocketAddress) bound.channel().localAddress();
  }

  /// Stops listening, closes every connection and ends the requests that are being answered.
  @Override
  public void close() {
    listening.forEach(channel -> channel.close().awaitUninterruptibly());
    requests.shutdownNow();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}

package dev.weft.relay;

import dev.weft.transport.port.PortHolder;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.function.BiFunction;

/// Opens the relay's sockets: epoll's where its library loads, else the JDK's.
final class Listeners {
  /// A client is "full" beyond the upper mark, and takes more below the lower one.
  private static final WriteBufferWaterMark WRITE_BUFFER =
      new WriteBufferWaterMark(64 << 10, 128 << 10);

  // dataplane.md §5.4, the habits of derper 1.103.
  private static final int TCP_KEEP_ALIVE_SECONDS = 600;
  private static final int TCP_USER_TIMEOUT_MILLIS = 15_000;

  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  private final boolean epoll = Epoll.isAvailable();
  private final EventLoopGroup loops;

  Listeners(int threads) {
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    loops = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("derp-relay"), io);
  }

  EventLoopGroup loops() {
    return loops;
  }

  /// @param flag by which the address can be changed
  Channel listen(InetSocketAddress address, ChannelHandler connections, String flag)
      throws RelayException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 4096)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_BUFFER)
            .childHandler(connections);
    if (epoll) {
      bootstrap
          .childOption(EpollChannelOption.TCP_KEEPIDLE, TCP_KEEP_ALIVE_SECONDS)
          .childOption(EpollChannelOption.TCP_USER_TIMEOUT, TCP_USER_TIMEOUT_MILLIS);
    }
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    return opened(bound, flag, PortHolder::explainTcp, address.getPort());
  }

  Channel receive(InetSocketAddress address, ChannelHandler datagrams) throws RelayException {
    ChannelFuture bound =
        new Bootstrap()
            .group(loops)
            .channel(epoll ? EpollDatagramChannel.class : NioDatagramChannel.class)
            .handler(datagrams)
            .bind(address)
            .awaitUninterruptibly();
    return opened(bound, "--stun", PortHolder::explainUdp, address.getPort());
  }

  /// For connections to others.
  Bootstrap connections() {
    Bootstrap bootstrap =
        new Bootstrap()
            .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_BUFFER);
    return epoll
        ? bootstrap.option(EpollChannelOption.TCP_USER_TIMEOUT, TCP_USER_TIMEOUT_MILLIS)
        : bootstrap;
  }

  private static Channel opened(
      ChannelFuture bound, String flag, BiFunction<Integer, Throwable, String> explain, int port)
      throws RelayException {
    if (bound.isSuccess()) {
      return bound.channel();
    }
    throw new RelayException(
        explain.apply(port, bound.cause()) + "; choose another with " + flag + " ADDRESS:PORT",
        bound.cause());
  }
}

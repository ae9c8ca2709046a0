package dev.weft.runtime.socks;

import dev.weft.runtime.loop.NodeLoop;
import dev.weft.transport.port.PortHolder;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.Set;

/// A listening proxy of the node.
public final class ProxyServer implements AutoCloseable {
  /// What a port speaks.
  public enum Protocol {
    SOCKS5,
    HTTP
  }

  /// Clients of one listener at a time; further ones are closed at once. Each costs two sockets'
  /// buffers.
  static final int MAX_CLIENTS = 4096;

  private final Channel listener;

  private ProxyServer(Channel listener) {
    this.listener = listener;
  }

  /// Listens on `address` for the given protocols; with both, the first byte of a connection tells
  /// them apart.
  ///
  /// @throws IOException with a message for the user
  public static ProxyServer listen(
      NodeLoop loop, InetSocketAddress address, Set<Protocol> protocols, Dialer dialer)
      throws IOException, InterruptedException {
    Set<Protocol> spoken = EnumSet.copyOf(protocols);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loop.eventLoop())
            .channel(loop.transport().serverSocketChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new Clients(loop, spoken, dialer));
    ChannelFuture bound = bootstrap.bind(address).await();
    if (!bound.isSuccess()) {
      throw new IOException(
          "the proxy: " + PortHolder.explainTcp(address.getPort(), bound.cause()), bound.cause());
    }
    return new ProxyServer(bound.channel());
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  @Override
  public void close() {
    listener.close().awaitUninterruptibly(1000);
  }

  private static final class Clients extends ChannelInitializer<Channel> {
    private final NodeLoop loop;
    private final Set<Protocol> spoken;
    private final Dialer dialer;
    private final UdpAssociation.Budget datagrams = new UdpAssociation.Budget();
    private int open; // of the node loop

    Clients(NodeLoop loop, Set<Protocol> spoken, Dialer dialer) {
      this.loop = loop;
      this.spoken = spoken;
      this.dialer = dialer;
    }

    @Override
    protected void initChannel(Channel channel) {
      if (open >= MAX_CLIENTS) {
        channel.close();
        return;
      }
      open++;
      channel.closeFuture().addListener(_ -> open--);
      channel.pipeline().addLast(new OpeningTimeout());
      Dialer guarded = new GuardedDialer(dialer, channel);
      if (spoken.size() > 1) {
        channel.pipeline().addLast(new FirstByte(loop, guarded, datagrams));
      } else if (spoken.contains(Protocol.SOCKS5)) {
        Socks5Handler.install(loop, channel, guarded, datagrams);
      } else {
        HttpProxyHandler.install(channel, guarded);
      }
    }
  }
}

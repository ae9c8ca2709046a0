package dev.weft.serve;

import dev.weft.ipn.serve.HostPort;
import dev.weft.ipn.serve.HttpHandler;
import dev.weft.ipn.serve.ServeConfig;
import dev.weft.node.Caller;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// A proxy on one event loop and on loopback sockets, reached as `a.lab.net` port 80.
final class Rig implements AutoCloseable {
  static final HostPort HOST = new HostPort("a.lab.net", 80);
  static final Timeouts QUICK =
      new Timeouts(
          Duration.ofMillis(300),
          Duration.ofSeconds(30),
          Duration.ofMillis(300),
          Duration.ofSeconds(5),
          Duration.ofMillis(200),
          Duration.ofMillis(500),
          Duration.ofMillis(300),
          Duration.ofSeconds(60));
  static final Timeouts PATIENT =
      new Timeouts(
          Duration.ofSeconds(20),
          Duration.ofSeconds(30),
          Duration.ofSeconds(20),
          Duration.ofSeconds(5),
          Duration.ofMillis(200),
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofSeconds(60));

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final InetSocketAddress local = new InetSocketAddress("100.64.0.1", HOST.port());
  private final Channel server;
  private volatile Router router = Router.EMPTY;
  private volatile Optional<Caller> caller = Optional.empty();
  private volatile int sendBuffer;
  private volatile Channel lastFront;
  private final BufferShare buffers = new BufferShare();
  final BackendPool pool;

  Rig(Timeouts timeouts) {
    this(timeouts, c -> new FrontOrOther.Front());
  }

  /// What the listener puts on its channels.
  sealed interface FrontOrOther {
    record Front() implements FrontOrOther {}

    record Other(ChannelHandler handler) implements FrontOrOther {}
  }

  Rig(Timeouts timeouts, Function<Rig, FrontOrOther> handlers) {
    pool = new BackendPool(this::dial, timeouts, buffers);
    ProxyContext context =
        new ProxyContext(() -> router, pool, buffers, timeouts, _ -> caller, () -> "lab.net");
    server =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<NioSocketChannel>() {
                  @Override
                  protected void initChannel(NioSocketChannel channel) {
                    lastFront = channel;
                    if (sendBuffer > 0) {
                      channel.config().setSendBufferSize(sendBuffer);
                    }
                    ChannelHandler handler =
                        switch (handlers.apply(Rig.this)) {
                          case FrontOrOther.Front() ->
                              new FrontConnection(context, local, channel.remoteAddress());
                          case FrontOrOther.Other(ChannelHandler other) -> other;
                        };
                    channel.pipeline().addLast(handler);
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  EventLoop eventLoop() {
    return group.next();
  }

  Future<Channel> dial(String host, int port, ChannelHandler handler) {
    Promise<Channel> dialled = group.next().newPromise();
    new Bootstrap()
        .group(group)
        .channel(NioSocketChannel.class)
        .handler(handler)
        .connect(host, port)
        .addListener((ChannelFuture f) -> {
          if (f.isSuccess()) {
            dialled.setSuccess(f.channel());
          } else {
            dialled.setFailure(f.cause());
          }
        });
    return dialled;
  }

  Rig serving(String mount, HttpHandler handler) {
    config = config.withWebHandler(HOST, mount, handler, false);
    router = new Router(config);
    return this;
  }

  private ServeConfig config = ServeConfig.EMPTY;

  Rig proxying(int backendPort) {
    return serving("/", HttpHandler.proxyTo("http://127.0.0.1:" + backendPort, List.of()));
  }

  Rig calledBy(Caller who) {
    caller = Optional.of(who);
    return this;
  }

  Rig withSendBuffer(int bytes) {
    sendBuffer = bytes;
    return this;
  }

  /// Among so many others that nobody may hold a connection at leisure.
  Rig amongMany() {
    return onLoop(() -> {
      while (!buffers.isScarce()) {
        buffers.join(new EmbeddedChannel());
      }
      return this;
    });
  }

  int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  HttpClientSocket client() throws IOException {
    return new HttpClientSocket(new Socket(InetAddress.getLoopbackAddress(), port()));
  }

  HttpClientSocket client(int receiveBuffer) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(receiveBuffer);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()));
    return new HttpClientSocket(socket);
  }

  /// Asks something of the event loop's own state.
  <T> T onLoop(Callable<T> question) {
    return group.next().submit(question).syncUninterruptibly().getNow();
  }

  Channel lastFront() {
    return lastFront;
  }

  @Override
  public void close() {
    onLoop(() -> {
      pool.close();
      return true;
    });
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }
}

package dev.weft.load;

import dev.weft.base.Entropy;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.tailcfg.CapabilityVersion;
import dev.weft.transport.ts2021.Ts2021ClientHandler;
import dev.weft.ts2021.ClientHandshake;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Makes connections of nodes to the server: TCP, the upgrade, Noise, HTTP/2. Owns the event loops.
final class Wire implements AutoCloseable {
  private static final int LOOPS = 2;
  private static final int CONNECT_MILLIS = 10_000;
  private static final long HANDSHAKE_MILLIS = 20_000;
  private static final int STREAM_WINDOW_BYTES = 1 << 20;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(LOOPS, NioIoHandler.newFactory());
  private final Server server;
  private final Entropy entropy;
  private final @Nullable SslContext tls;

  Wire(Server server, Entropy entropy) throws SSLException {
    this.server = server;
    this.entropy = entropy;
    // Noise proves who answers (`docs/protocol/control.md` §2.2).
    this.tls =
        server.tls()
            ? SslContextBuilder.forClient()
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm("")
                .build()
            : null;
  }

  Server server() {
    return server;
  }

  Entropy entropy() {
    return entropy;
  }

  /// Connects a machine.
  ///
  /// @param from the node's own address; null for the system's choice
  Session dial(MachinePrivateKey machine, @Nullable InetAddress from)
      throws IOException, InterruptedException {
    ClientHandshake handshake =
        ClientHandshake.begin(CapabilityVersion.CURRENT, machine, server.key(), entropy);
    Promise<Channel> done = ImmediateEventExecutor.INSTANCE.newPromise();
    ChannelFuture connecting =
        new Bootstrap()
            .group(loops)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    fill(channel.pipeline(), handshake, done);
                  }
                })
            .connect(server.address(), from == null ? null : new InetSocketAddress(from, 0));
    Channel channel = connecting.channel();
    await(connecting, channel, CONNECT_MILLIS + 1_000L);
    await(done, channel, HANDSHAKE_MILLIS);
    return new Session(channel, server.authority());
  }

  private static void await(Future<?> step, Channel channel, long millis)
      throws IOException, InterruptedException {
    boolean over = false;
    try {
      over = step.await(millis, TimeUnit.MILLISECONDS) && step.isSuccess();
    } finally {
      if (!over) {
        channel.close();
      }
    }
    if (!over) {
      throw new IOException("no control connection", step.cause());
    }
  }

  private void fill(ChannelPipeline pipeline, ClientHandshake handshake, Promise<Channel> done) {
    if (tls != null) {
      pipeline.addLast(tls.newHandler(pipeline.channel().alloc()));
    }
    pipeline.addLast(
        new HttpClientCodec(),
        new Ts2021ClientHandler(handshake, server.authority(), Wire::addHttp2, done));
  }

  private static void addHttp2(ChannelPipeline pipeline) {
    Http2Settings settings =
        Http2Settings.defaultSettings().pushEnabled(false).initialWindowSize(STREAM_WINDOW_BYTES);
    pipeline.addLast(
        Http2FrameCodecBuilder.forClient().initialSettings(settings).build(),
        new Http2MultiplexHandler(new Session.Refusal()),
        new Session.Ending());
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}

package dev.weft.transport.ts2021;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.keys.MachinePrivateKey;
import dev.weft.testkit.SeededEntropy;
import dev.weft.ts2021.ClientHandshake;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Netty's own HTTP/2 above the handlers, over TCP on loopback.
@Timeout(20)
class Http2OverTs2021Test {
  private static final int BODY_BYTES = 300_000;

  private final SeededEntropy entropy = new SeededEntropy(3);
  private final MachinePrivateKey serverKey = MachinePrivateKey.generate(entropy::fill);
  private final MachinePrivateKey machine = MachinePrivateKey.generate(entropy::fill);
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void aRequestAndALargeReplyGoThrough() throws Exception {
    Channel listener = listen();
    Channel connection = connect(listener);
    CompletableFuture<Integer> received = new CompletableFuture<>();
    Http2StreamChannel stream =
        new Http2StreamChannelBootstrap(connection)
            .handler(new CountBody(received))
            .open()
            .sync()
            .getNow();
    DefaultHttp2Headers headers = new DefaultHttp2Headers();
    headers.method("POST").path("/machine/map").scheme("https").authority("unused");
    stream.writeAndFlush(new DefaultHttp2HeadersFrame(headers, true)).sync();
    assertEquals(BODY_BYTES, received.get(10, TimeUnit.SECONDS));
    connection.close().sync();
    listener.close().sync();
  }

  private Channel listen() throws InterruptedException {
    return new ServerBootstrap()
        .group(loops)
        .channel(NioServerSocketChannel.class)
        .childHandler(
            initializer(pipeline ->
                pipeline.addLast(
                    new HttpServerCodec(),
                    new Ts2021ServerHandler(
                        serverKey, entropy::fill, (inner, peer) -> serve(inner)))))
        .bind(InetAddress.getLoopbackAddress(), 0)
        .sync()
        .channel();
  }

  private static void serve(ChannelPipeline inner) {
    inner.addLast(
        Http2FrameCodecBuilder.forServer().build(),
        new Http2MultiplexHandler(initializer(pipeline -> pipeline.addLast(new LargeReply()))));
  }

  private Channel connect(Channel listener) throws InterruptedException {
    Promise<Channel> done = loops.next().newPromise();
    ClientHandshake handshake =
        ClientHandshake.begin(130, machine, serverKey.publicKey(), entropy::fill);
    new Bootstrap()
        .group(loops)
        .channel(NioSocketChannel.class)
        .handler(
            initializer(pipeline ->
                pipeline.addLast(
                    new HttpClientCodec(),
                    new Ts2021ClientHandler(
                        handshake,
                        "localhost",
                        inner ->
                            inner.addLast(
                                Http2FrameCodecBuilder.forClient().build(),
                                new Http2MultiplexHandler(new ChannelInboundHandlerAdapter())),
                        done))))
        .connect(listener.localAddress())
        .sync();
    return done.sync().getNow();
  }

  private interface Pipeline {
    void fill(ChannelPipeline pipeline);
  }

  private static ChannelHandler initializer(Pipeline filler) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        filler.fill(channel.pipeline());
      }
    };
  }

  private static final class LargeReply extends SimpleChannelInboundHandler<Http2HeadersFrame> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Http2HeadersFrame request) {
      ctx.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")));
      ctx.writeAndFlush(
          new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[BODY_BYTES]), true));
    }
  }

  private static final class CountBody extends SimpleChannelInboundHandler<Http2StreamFrame> {
    private final CompletableFuture<Integer> total;
    private int count;

    CountBody(CompletableFuture<Integer> total) {
      this.total = total;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Http2StreamFrame frame) {
      if (frame instanceof Http2DataFrame data) {
        count += data.content().readableBytes();
        if (data.isEndStream()) {
          total.complete(count);
        }
      }
    }
  }
}

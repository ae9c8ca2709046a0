package dev.weft.runtime.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weft.json.Json;
import dev.weft.keys.MachineKey;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.tailcfg.MapRequest;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.RegisterRequest;
import dev.weft.tailcfg.RegisterResponse;
import dev.weft.testkit.SeededEntropy;
import dev.weft.transport.ts2021.Ts2021Peer;
import dev.weft.transport.ts2021.Ts2021ServerHandler;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/// A control server whose answers a test writes, on loopback.
final class FakeControl implements AutoCloseable {
  final BlockingQueue<RegisterRequest> registrations = new LinkedBlockingQueue<>();
  final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();
  final BlockingQueue<MapRequest> updates = new LinkedBlockingQueue<>();
  final BlockingQueue<Call> others = new LinkedBlockingQueue<>();
  final BlockingQueue<Ts2021Peer> peers = new LinkedBlockingQueue<>();

  private final SeededEntropy entropy = new SeededEntropy(11);
  private final Channel listener;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private volatile MachinePrivateKey key = MachinePrivateKey.generate(entropy::fill);
  private volatile MachineKey shownKey = key.publicKey();

  /// What a registration is answered with; the default accepts.
  volatile Function<RegisterRequest, RegisterResponse> onRegister =
      request -> RegisterResponse.builder().machineAuthorized(true).build();

  /// Answers a registration in another way than with 200 and JSON, when it returns true.
  volatile Function<Call, Boolean> beforeRegister = call -> false;

  FakeControl(EventLoopGroup loops) throws InterruptedException {
    listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(initializer(this::accept))
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
  }

  URI url() {
    return URI.create(
        "http://127.0.0.1:" + ((InetSocketAddress) listener.localAddress()).getPort());
  }

  MachineKey key() {
    return key.publicKey();
  }

  /// Another key from the next connection on.
  void changeKey() {
    key = MachinePrivateKey.generate(entropy::fill);
    shownKey = key.publicKey();
  }

  void cutConnections() {
    connections.close().awaitUninterruptibly();
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    cutConnections();
  }

  private void accept(ChannelPipeline pipeline) {
    connections.add(pipeline.channel());
    pipeline.addLast(
        new HttpServerCodec(),
        new Ts2021ServerHandler(key, entropy::fill, this::open),
        new HttpObjectAggregator(4096),
        new SimpleChannelInboundHandler<FullHttpRequest>() {
          @Override
          protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            boolean isKey = request.uri().startsWith("/key?v=");
            String body =
                "{\"legacyPublicKey\":\"" + shownKey + "\",\"publicKey\":\"" + shownKey + "\"}";
            DefaultFullHttpResponse response =
                new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    isKey ? HttpResponseStatus.OK : HttpResponseStatus.NOT_FOUND,
                    Unpooled.copiedBuffer(isKey ? body : "", UTF_8));
            response.headers().setInt("content-length", response.content().readableBytes());
            ctx.writeAndFlush(response);
          }
        });
  }

  private void open(ChannelPipeline pipeline, Ts2021Peer peer) {
    peers.add(peer);
    pipeline.addLast(
        Http2FrameCodecBuilder.forServer().build(),
        new Http2MultiplexHandler(initializer(inner -> inner.addLast(new Reader()))));
  }

  private void dispatch(Call call) throws IOException {
    switch (call.path) {
      case "/machine/register" -> register(call);
      case "/machine/map" -> {
        MapRequest request = Json.decode(MapRequest.JSON, call.body);
        if (request.stream()) {
          streams.add(new Stream(call, request));
        } else {
          updates.add(request);
          call.answer(200, new byte[0]);
        }
      }
      default -> others.add(call);
    }
  }

  private void register(Call call) throws IOException {
    RegisterRequest request = Json.decode(RegisterRequest.JSON, call.body);
    registrations.add(request);
    if (beforeRegister.apply(call)) {
      return;
    }
    call.answer(200, Json.encode(RegisterResponse.JSON, onRegister.apply(request)));
  }

  /// A map stream to write to.
  record Stream(Call call, MapRequest request) {
    void begin() {
      call.head(200, false);
    }

    void send(MapResponse message) {
      byte[] json = Json.encode(MapResponse.JSON, message);
      ZstdJavaCompressor zstd = new ZstdJavaCompressor();
      byte[] out = new byte[zstd.maxCompressedLength(json.length)];
      int length = zstd.compress(json, 0, json.length, out, 0, out.length);
      call.write(frame(Arrays.copyOf(out, length)));
    }

    void end() {
      call.ctx.writeAndFlush(new DefaultHttp2DataFrame(true));
    }

    static byte[] frame(byte[] payload) {
      ByteBuf buffer = Unpooled.buffer(4 + payload.length);
      buffer.writeIntLE(payload.length).writeBytes(payload);
      return ByteBufUtil.getBytes(buffer);
    }
  }

  /// A request, and its answer to write.
  static final class Call {
    private final ChannelHandlerContext ctx;
    final String method;
    final String path;
    final byte[] body;
    final Http2HeadersFrame head;

    private Call(ChannelHandlerContext ctx, Http2HeadersFrame head, byte[] body) {
      this.ctx = ctx;
      this.head = head;
      this.method = head.headers().method().toString();
      this.path = head.headers().path().toString();
      this.body = body;
    }

    void answer(int status, byte[] body) {
      head(status, body.length == 0);
      if (body.length > 0) {
        ctx.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(body), true));
      }
    }

    void answer(int status, String header, String value, String body) {
      ctx.write(
          new DefaultHttp2HeadersFrame(
              new DefaultHttp2Headers().status(Integer.toString(status)).set(header, value)));
      ctx.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.copiedBuffer(body, UTF_8), true));
    }

    /// Ends the connection of this request.
    void cut() {
      ctx.channel().parent().close();
    }

    void head(int status, boolean end) {
      ctx.writeAndFlush(
          new DefaultHttp2HeadersFrame(
              new DefaultHttp2Headers().status(Integer.toString(status)), end));
    }

    void write(byte[] bytes) {
      ctx.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), false));
    }
  }

  private final class Reader extends SimpleChannelInboundHandler<Http2StreamFrame> {
    private final ByteBuf body = Unpooled.buffer();
    private Http2HeadersFrame head;

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Http2StreamFrame frame)
        throws IOException {
      boolean end = false;
      if (frame instanceof Http2HeadersFrame headers) {
        head = headers;
        end = headers.isEndStream();
      } else if (frame instanceof Http2DataFrame data) {
        body.writeBytes(data.content());
        end = data.isEndStream();
      }
      if (end) {
        dispatch(new Call(ctx, head, ByteBufUtil.getBytes(body)));
      }
    }
  }

  private static ChannelInitializer<Channel> initializer(Consumer<ChannelPipeline> filler) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        filler.accept(channel.pipeline());
      }
    };
  }

  static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T taken = queue.poll(10, TimeUnit.SECONDS);
    if (taken == null) {
      throw new AssertionError("nothing came within 10 s");
    }
    return taken;
  }
}

package dev.weft.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weft.base.Bytes;
import dev.weft.base.Entropy;
import dev.weft.json.Json;
import dev.weft.json.JsonType;
import dev.weft.keys.DiscoPrivateKey;
import dev.weft.keys.MachineKey;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.MapRequest;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.RegisterAuth;
import dev.weft.tailcfg.RegisterRequest;
import dev.weft.tailcfg.RegisterResponse;
import dev.weft.transport.ts2021.Ts2021ClientHandler;
import dev.weft.ts2021.ClientHandshake;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
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
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A node as far as its control plane can tell: real Noise and HTTP/2 over a real socket.
final class TestNode implements AutoCloseable {
  static final int CAP = 113;

  final MachinePrivateKey machine;
  final NodeKey nodeKey;
  private final DiscoPrivateKey disco;
  private final Channel connection;

  private TestNode(
      MachinePrivateKey machine, NodeKey nodeKey, DiscoPrivateKey disco, Channel connection) {
    this.machine = machine;
    this.nodeKey = nodeKey;
    this.disco = disco;
    this.connection = connection;
  }

  static TestNode connect(
      EventLoopGroup loops, InetSocketAddress address, MachineKey server, Entropy entropy)
      throws Exception {
    return connect(
        loops,
        address,
        server,
        MachinePrivateKey.generate(entropy),
        NodePrivateKey.generate(entropy).publicKey(),
        entropy);
  }

  static TestNode connect(
      EventLoopGroup loops,
      InetSocketAddress address,
      MachineKey server,
      MachinePrivateKey machine,
      NodeKey nodeKey,
      Entropy entropy)
      throws Exception {
    Promise<Channel> done = loops.next().newPromise();
    ClientHandshake handshake = ClientHandshake.begin(CAP, machine, server, entropy);
    new Bootstrap()
        .group(loops)
        .channel(NioSocketChannel.class)
        .handler(
            initializer(channel ->
                channel
                    .pipeline()
                    .addLast(
                        new HttpClientCodec(),
                        new Ts2021ClientHandler(
                            handshake,
                            "localhost",
                            inner ->
                                inner.addLast(
                                    Http2FrameCodecBuilder.forClient().build(),
                                    new Http2MultiplexHandler(new ChannelInboundHandlerAdapter())),
                            done))))
        .connect(address)
        .sync();
    return new TestNode(machine, nodeKey, DiscoPrivateKey.generate(entropy), done.sync().getNow());
  }

  RegisterRequest.Builder registerRequest(String hostname) {
    return RegisterRequest.builder()
        .version(CAP)
        .nodeKey(nodeKey)
        .hostinfo(Hostinfo.builder().hostname(hostname).os("linux").build());
  }

  RegisterResponse register(String hostname, String authKey) throws Exception {
    return register(
        registerRequest(hostname).auth(RegisterAuth.builder().authKey(authKey).build()).build());
  }

  RegisterRequest requestWith(String authKey, String hostname) {
    return registerRequest(hostname).auth(RegisterAuth.builder().authKey(authKey).build()).build();
  }

  RegisterResponse register(RegisterRequest request) throws Exception {
    return registerLater(request).get(20, TimeUnit.SECONDS);
  }

  CompletableFuture<RegisterResponse> registerLater(RegisterRequest request) throws Exception {
    return post("/machine/register", Json.encode(RegisterRequest.JSON, request))
        .thenApply(answer -> {
          try {
            return Json.decode(RegisterResponse.JSON, answer.text());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  MapRequest.Builder mapRequest() {
    return MapRequest.builder()
        .version(CAP)
        .compress("zstd")
        .keepAlive(true)
        .nodeKey(nodeKey)
        .discoKey(disco.publicKey());
  }

  <T> Answer post(String path, JsonType<T> type, T message) throws Exception {
    return post(path, Json.encode(type, message)).get(20, TimeUnit.SECONDS);
  }

  CompletableFuture<Answer> post(String path, byte[] body) throws Exception {
    WholeAnswer handler = new WholeAnswer();
    send(path, body, open(handler));
    return handler.answer;
  }

  /// Opens the map stream.
  MapStream stream() throws Exception {
    StreamedAnswer handler = new StreamedAnswer();
    Http2StreamChannel channel = open(handler);
    send("/machine/map", Json.encode(MapRequest.JSON, mapRequest().stream(true).build()), channel);
    return new MapStream(channel, new DataInputStream(handler.in));
  }

  /// Opens a stream of which nothing is ever read.
  Http2StreamChannel streamUnread() throws Exception {
    connection.config().setAutoRead(false);
    Http2StreamChannel channel = open(new ChannelInboundHandlerAdapter());
    channel.config().setAutoRead(false);
    send("/machine/map", Json.encode(MapRequest.JSON, mapRequest().stream(true).build()), channel);
    return channel;
  }

  /// Goes without a word.
  void disconnect() {
    connection.close().syncUninterruptibly();
  }

  @Override
  public void close() {
    disconnect();
  }

  private Http2StreamChannel open(ChannelHandler handler) throws Exception {
    return new Http2StreamChannelBootstrap(connection).handler(handler).open().sync().getNow();
  }

  private static void send(String path, byte[] body, Http2StreamChannel stream)
      throws InterruptedException {
    DefaultHttp2Headers headers = new DefaultHttp2Headers();
    headers.method("POST").path(path).scheme("https").authority("unused");
    stream.write(new DefaultHttp2HeadersFrame(headers, false));
    stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(body), true)).sync();
  }

  private static ChannelHandler initializer(Consumer<Channel> action) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        action.accept(channel);
      }
    };
  }

  record Answer(int status, Bytes body) {
    String text() {
      return new String(body.toArray(), UTF_8);
    }
  }

  /// Frames of a map stream, one by one.
  record MapStream(Http2StreamChannel channel, DataInputStream in) implements AutoCloseable {
    MapResponse next() throws IOException {
      byte[] frame = new byte[Integer.reverseBytes(in.readInt())];
      in.readFully(frame);
      byte[] json = new byte[1 << 20];
      int length =
          new ZstdJavaDecompressor().decompress(frame, 0, frame.length, json, 0, json.length);
      return Json.decode(MapResponse.JSON, Arrays.copyOf(json, length));
    }

    /// Whether the server ended the stream and there is nothing more.
    boolean isAtEnd() throws IOException {
      return in.read() < 0;
    }

    @Override
    public void close() {
      channel.close().syncUninterruptibly();
    }
  }

  private static final class WholeAnswer extends SimpleChannelInboundHandler<Http2StreamFrame> {
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int status;

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Http2StreamFrame frame) {
      boolean isEnd = false;
      if (frame instanceof Http2HeadersFrame headers) {
        status = Integer.parseInt(headers.headers().status().toString());
        isEnd = headers.isEndStream();
      } else if (frame instanceof Http2DataFrame data) {
        body.writeBytes(ByteBufUtil.getBytes(data.content()));
        isEnd = data.isEndStream();
      }
      if (isEnd) {
        answer.complete(new Answer(status, Bytes.of(body.toByteArray())));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      answer.completeExceptionally(new IOException("closed without an answer"));
    }
  }

  private static final class StreamedAnswer extends SimpleChannelInboundHandler<Http2StreamFrame> {
    private final PipedInputStream in = new PipedInputStream(1 << 20);
    private final PipedOutputStream out;

    StreamedAnswer() throws IOException {
      out = new PipedOutputStream(in);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Http2StreamFrame frame)
        throws IOException {
      if (frame instanceof Http2DataFrame data) {
        out.write(ByteBufUtil.getBytes(data.content()));
        out.flush();
        if (data.isEndStream()) {
          out.close();
        }
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws IOException {
      out.close();
    }
  }
}

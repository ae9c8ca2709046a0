package dev.weft.netstack.channel;

import static dev.weft.netstack.channel.TwoNodes.B;
import static dev.weft.netstack.channel.TwoNodes.at;
import static dev.weft.netstack.channel.TwoNodes.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Netty's own HTTP codecs over two stacks.
final class HttpTest {
  private static final int BODY = 3_000_000;

  private final TwoNodes nodes = new TwoNodes();

  @AfterEach
  void close() {
    nodes.close();
  }

  @Test
  void http1CarriesManyRequestsAndLargeBodies() throws Exception {
    await(nodes.b.listen(80, pipeline(new HttpServerCodec(), new EchoBody())));
    Answers answers = new Answers();
    Channel client = connect(pipeline(new HttpClientCodec(), answers));
    for (int i = 0; i < 5; i++) {
      byte[] body = new byte[i * BODY / 4];
      new Random(i).nextBytes(body);
      answers.next = new CompletableFuture<>();
      FullHttpRequest request =
          new DefaultFullHttpRequest(
              HttpVersion.HTTP_1_1, HttpMethod.POST, "/", Unpooled.wrappedBuffer(body));
      request.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
      client.writeAndFlush(request);
      assertEquals(Arrays.hashCode(body), answers.next.get(20, TimeUnit.SECONDS));
    }
    await(client.close());
  }

  @Test
  void aFileIsSentAsARegion(@TempDir Path folder) throws Exception {
    byte[] content = new byte[BODY];
    new Random(5).nextBytes(content);
    Path file = Files.write(folder.resolve("site.bin"), content);
    await(nodes.b.listen(80, pipeline(new HttpServerCodec(), new SendFile(file))));
    Answers answers = new Answers();
    Channel client = connect(pipeline(new HttpClientCodec(), answers));
    client.writeAndFlush(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/"));
    assertEquals(Arrays.hashCode(content), answers.next.get(20, TimeUnit.SECONDS));
  }

  @Test
  void http2CarriesManyStreamsAtOnce() throws Exception {
    await(
        nodes.b.listen(
            80,
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(
                        Http2FrameCodecBuilder.forServer().build(),
                        new Http2MultiplexHandler(new EchoStream()));
              }
            }));
    Channel client =
        connect(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(
                        Http2FrameCodecBuilder.forClient().build(),
                        new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
              }
            });
    List<CompletableFuture<Integer>> lengths = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      StreamLength length = new StreamLength();
      lengths.add(length.done);
      Http2StreamChannel stream =
          await(new Http2StreamChannelBootstrap(client).handler(length).open());
      stream.write(
          new DefaultHttp2HeadersFrame(
              new DefaultHttp2Headers().method("POST").path("/").scheme("http")));
      stream.writeAndFlush(
          new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[200_000 + i]), true));
    }
    for (int i = 0; i < lengths.size(); i++) {
      assertEquals(200_000 + i, lengths.get(i).get(20, TimeUnit.SECONDS));
    }
  }

  private Channel connect(ChannelHandler handler) throws Exception {
    ChannelFuture future = nodes.a.connect(at(B, 80), handler);
    await(future);
    return future.channel();
  }

  private static ChannelInitializer<Channel> pipeline(ChannelHandler codec, ChannelHandler last) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(codec, new HttpObjectAggregator(BODY * 2), last);
      }
    };
  }

  private static final class EchoBody extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      ByteBuf body = request.content().retain();
      FullHttpResponse response =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
      context.writeAndFlush(response);
    }
  }

  private static final class SendFile extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final Path file;

    SendFile(Path file) {
      this.file = file;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request)
        throws IOException {
      long size = Files.size(file);
      DefaultHttpResponse response =
          new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, size);
      context.write(response);
      context.write(new DefaultFileRegion(file.toFile(), 0, size));
      context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  private static final class Answers extends SimpleChannelInboundHandler<FullHttpResponse> {
    volatile CompletableFuture<Integer> next = new CompletableFuture<>();

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
      byte[] body = new byte[response.content().readableBytes()];
      response.content().readBytes(body);
      next.complete(Arrays.hashCode(body));
    }
  }

  @ChannelHandler.Sharable
  private static final class EchoStream extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
      if (frame instanceof Http2HeadersFrame) {
        context.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")));
      } else if (frame instanceof Http2DataFrame data) {
        context.writeAndFlush(data);
      }
    }
  }

  private static final class StreamLength extends ChannelInboundHandlerAdapter {
    final CompletableFuture<Integer> done = new CompletableFuture<>();
    private int length;

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
      if (frame instanceof Http2DataFrame data) {
        length += data.content().readableBytes();
        boolean last = data.isEndStream();
        data.release();
        if (last) {
          done.complete(length);
        }
      }
    }
  }
}

package dev.weft.runtime.control;

import dev.weft.base.Bytes;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// One HTTP/2 connection inside Noise, with a blocking face: [#open(Request)] is a request and the
/// response to read.
final class ControlConnection {
  private static final int STREAM_WINDOW_BYTES = 1 << 20;
  private static final int CONNECTION_WINDOW_BYTES = 4 << 20;
  private static final int DEFAULT_WINDOW_BYTES = 65_535;
  private static final int MAX_HEADER_BYTES = 16 * 1024;
  private static final long OPEN_MILLIS = 10_000;

  /// Set when the server wants no more requests here.
  private static final AttributeKey<Boolean> GOING_AWAY = AttributeKey.valueOf("weft.goingAway");

  private final Channel channel;

  ControlConnection(Channel channel) {
    this.channel = channel;
  }

  /// @param path with the query
  /// @param loadBalancing the value of `Ts-Lb`, or empty
  /// @param contentType empty for none
  record Request(
      String method, String path, String loadBalancing, String contentType, Bytes body) {}

  /// What runs inside the Noise channel.
  static void addHandlers(ChannelPipeline pipeline) {
    Http2Settings ours =
        Http2Settings.defaultSettings()
            .pushEnabled(false)
            .initialWindowSize(STREAM_WINDOW_BYTES)
            .maxHeaderListSize(MAX_HEADER_BYTES);
    pipeline.addLast(
        Http2FrameCodecBuilder.forClient().initialSettings(ours).build(),
        new Http2MultiplexHandler(new Refusal()),
        new Watch());
  }

  boolean isUsable() {
    return channel.isActive() && !Boolean.TRUE.equals(channel.attr(GOING_AWAY).get());
  }

  void close() {
    channel.close();
  }

  /// Sends a request. The exchange must be closed.
  Exchange open(Request request, String authority) throws IOException, InterruptedException {
    Exchange exchange = new Exchange();
    Future<Http2StreamChannel> opening =
        new Http2StreamChannelBootstrap(channel)
            .option(ChannelOption.AUTO_READ, false)
            .handler(exchange.handler())
            .open();
    if (!opening.await(OPEN_MILLIS, TimeUnit.MILLISECONDS) || !opening.isSuccess()) {
      opening.addListener(late -> closeIfOpen(opening));
      throw ControlException.of("the connection to control is gone");
    }
    Http2StreamChannel stream = opening.getNow();
    exchange.attach(stream);
    stream.write(new DefaultHttp2HeadersFrame(headers(request, authority), isEmpty(request)));
    if (!isEmpty(request)) {
      stream.write(
          new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(request.body().toArray()), true));
    }
    stream.flush();
    return exchange;
  }

  private static void closeIfOpen(Future<Http2StreamChannel> opening) {
    if (opening.isSuccess()) {
      opening.getNow().close();
    }
  }

  private static boolean isEmpty(Request request) {
    return request.body().length() == 0;
  }

  private static Http2Headers headers(Request request, String authority) {
    // The scheme is https whatever the server's URL says: docs/protocol/control.md §2.6.
    Http2Headers headers =
        new DefaultHttp2Headers()
            .method(request.method())
            .scheme("https")
            .authority(authority)
            .path(request.path());
    if (!request.loadBalancing().isEmpty()) {
      headers.set("ts-lb", request.loadBalancing());
    }
    if (!request.contentType().isEmpty()) {
      headers.set("content-type", request.contentType());
    }
    if (!isEmpty(request)) {
      headers.setInt("content-length", request.body().length());
    }
    return headers;
  }

  /// A server opens no streams to a client.
  @ChannelHandler.Sharable
  private static final class Refusal extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.close();
    }
  }

  /// Widens the window of the whole connection, and notices its end.
  private static final class Watch extends ChannelInboundHandlerAdapter {
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      ctx.write(new DefaultHttp2WindowUpdateFrame(CONNECTION_WINDOW_BYTES - DEFAULT_WINDOW_BYTES));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof Http2GoAwayFrame) {
        ctx.channel().attr(GOING_AWAY).set(true);
      }
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}

package dev.weft.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One connection inside Noise: requests on it, blocking.
final class Session implements AutoCloseable {
  private static final int MAX_REPLY_BYTES = 1 << 20;
  private static final long PATIENCE_SECONDS = 60;

  private final Channel channel;
  private final String authority;

  Session(Channel channel, String authority) {
    this.channel = channel;
    this.authority = authority;
  }

  /// Takes a response on the event loop.
  interface Body {
    void read(ByteBuf content) throws IOException;
  }

  /// Sends a request and waits for the whole answer.
  byte[] call(String path, byte[] request) throws IOException, InterruptedException {
    ByteArrayOutputStream reply = new ByteArrayOutputStream();
    Body whole =
        content -> {
          if (reply.size() + content.readableBytes() > MAX_REPLY_BYTES) {
            throw new IOException("an answer of more than " + MAX_REPLY_BYTES + " bytes");
          }
          content.readBytes(reply, content.readableBytes());
        };
    await(open(path, request, whole), PATIENCE_SECONDS);
    return reply.toByteArray();
  }

  /// Sends a request.
  ///
  /// @return completes when the response is over: with an exception unless it was a whole 200
  CompletableFuture<Void> open(String path, byte[] request, Body body)
      throws IOException, InterruptedException {
    Response response = new Response(path, body);
    Future<Http2StreamChannel> opening =
        new Http2StreamChannelBootstrap(channel).handler(response).open();
    if (!opening.await(PATIENCE_SECONDS, TimeUnit.SECONDS) || !opening.isSuccess()) {
      throw new IOException("the connection is gone", opening.cause());
    }
    Http2StreamChannel stream = opening.getNow();
    stream.write(
        new DefaultHttp2HeadersFrame(
            new DefaultHttp2Headers()
                .method("POST")
                .scheme("https")
                .authority(authority)
                .path(path)
                .setInt("content-length", request.length)));
    stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(request), true));
    return response.over;
  }

  static void await(CompletableFuture<Void> over, long seconds)
      throws IOException, InterruptedException {
    try {
      over.get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw failure(e);
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + seconds + " s", e);
    }
  }

  /// What made a future fail.
  static IOException failure(ExecutionException e) {
    @Nullable Throwable cause = e.getCause();
    return new IOException(cause == null ? e.getMessage() : cause.getMessage(), e);
  }

  @Override
  public void close() {
    channel.close();
  }

  private static final class Response extends ChannelInboundHandlerAdapter {
    private static final int MAX_ERROR_BYTES = 200;

    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final String path;
    private final Body body;
    private String status = "";

    Response(String path, Body body) {
      this.path = path;
      this.body = body;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
      try {
        if (message instanceof Http2HeadersFrame head) {
          status = status.isEmpty() ? String.valueOf(head.headers().status()) : status;
          endIf(head.isEndStream());
        } else if (message instanceof Http2DataFrame data) {
          take(data.content());
          endIf(data.isEndStream());
        }
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    private void take(ByteBuf content) throws IOException {
      if (status.equals("200")) {
        body.read(content);
      } else {
        int length = Math.min(content.readableBytes(), MAX_ERROR_BYTES);
        String said = content.toString(content.readerIndex(), length, UTF_8);
        over.completeExceptionally(
            new IOException(path + " was answered with " + status + ": " + said.strip()));
      }
    }

    private void endIf(boolean last) {
      if (last && status.equals("200")) {
        over.complete(null);
      } else if (last) {
        over.completeExceptionally(new IOException(path + " was answered with " + status));
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof Http2ResetFrame) {
        over.completeExceptionally(new IOException(path + " was reset"));
      }
      ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      over.completeExceptionally(new IOException(path + ": the connection ended"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      over.completeExceptionally(cause);
      ctx.close();
    }
  }

  /// A server opens no streams to a client.
  @ChannelHandler.Sharable
  static final class Refusal extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.close();
    }
  }

  /// Releases what concerns the connection, and closes it when it breaks.
  static final class Ending extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}

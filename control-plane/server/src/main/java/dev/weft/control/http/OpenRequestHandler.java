package dev.weft.control.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.concurrent.Executor;

/// Answers requests from outside Noise, one a connection: they are rare and small.
final class OpenRequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private final Pages pages;
  private final FailureLog failures;
  private final Executor executor;
  private boolean busy;

  OpenRequestHandler(Pages pages, FailureLog failures, Executor executor) {
    this.failures = failures;
    this.pages = pages;
    this.executor = executor;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (busy) {
      return;
    }
    busy = true;
    if (!request.decoderResult().isSuccess()) {
      answer(ctx, Reply.text(400, "malformed request"), true);
      return;
    }
    String method = request.method().name();
    String uri = request.uri();
    byte[] body = ByteBufUtil.getBytes(request.content());
    executor.execute(() -> {
      Reply reply;
      try {
        reply = pages.open(method, uri, body);
      } catch (RuntimeException e) {
        reply = failures.answerTo(method, uri, e);
      }
      answer(ctx, reply, !method.equals("HEAD"));
    });
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  private static void answer(ChannelHandlerContext ctx, Reply reply, boolean withBody) {
    byte[] body = reply.body().toArray();
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(reply.status()),
            withBody ? Unpooled.wrappedBuffer(body) : Unpooled.EMPTY_BUFFER);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'")
        .set("x-content-type-options", "nosniff");
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}

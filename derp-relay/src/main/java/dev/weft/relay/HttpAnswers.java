package dev.weft.relay;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Answers requests that have no body, one after the other, and waits for each only so long.
final class HttpAnswers extends ChannelInboundHandlerAdapter {
  private final Function<HttpRequest, FullHttpResponse> pages;
  private final Duration patience;

  private @Nullable HttpRequest request;
  private @Nullable Future<?> deadline;

  /// The last response has been written.
  private boolean closing;

  /// @param pages what to answer
  /// @param patience how long a request may take to arrive, from the connection or the last
  ///   response on
  HttpAnswers(Function<HttpRequest, FullHttpResponse> pages, Duration patience) {
    this.pages = pages;
    this.patience = patience;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    restartDeadline(ctx);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    stopDeadline();
  }

  private void restartDeadline(ChannelHandlerContext ctx) {
    stopDeadline();
    deadline =
        ctx.executor().schedule(() -> giveUp(ctx), patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Behind an upgrade there is no HTTP codec, and another deadline runs.
  private static void giveUp(ChannelHandlerContext ctx) {
    if (ctx.pipeline().get(HttpServerCodec.class) != null) {
      ctx.close();
    }
  }

  private void stopDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (closing) {
      ReferenceCountUtil.release(msg);
      return;
    }
    if (msg instanceof HttpRequest head) {
      request = head;
    }
    if (msg instanceof HttpContent content && content.content().isReadable()) {
      // No request here has a use for a body.
      ctx.close();
    } else if (msg instanceof LastHttpContent && request != null) {
      answer(ctx, request);
      request = null;
    }
    ReferenceCountUtil.release(msg);
  }

  private void answer(ChannelHandlerContext ctx, HttpRequest request) {
    FullHttpResponse response =
        request.decoderResult().isFailure()
            ? RelayPages.empty(HttpResponseStatus.BAD_REQUEST)
            : pages.apply(request);
    // Whoever asks on without reading the answers would have them pile up here.
    boolean keepAlive =
        response.status().code() < 400
            && HttpUtil.isKeepAlive(request)
            && ctx.channel().isWritable();
    int length = response.content().readableBytes();
    if (!response.status().equals(HttpResponseStatus.NO_CONTENT)) {
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
    }
    HttpUtil.setKeepAlive(response, keepAlive);
    if (request.method().equals(HttpMethod.HEAD)) {
      response.content().clear();
    }
    if (keepAlive) {
      ctx.writeAndFlush(response);
      restartDeadline(ctx);
    } else {
      closing = true;
      ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
  }

  /// Connections break; that is no news.
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}

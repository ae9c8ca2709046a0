package dev.weft.relay;

import dev.weft.transport.derp.DerpEvent;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a relay answers over HTTP beside DERP (`docs/protocol/dataplane.md §5.5`), and how long it
/// waits for a request. Makes room for a [ClientConnection] when DERP begins.
final class HttpPages extends ChannelInboundHandlerAdapter {
  private static final String CHALLENGE = "X-Tailscale-Challenge";
  private static final String CHALLENGE_RESPONSE = "X-Tailscale-Response";
  private static final Pattern CHALLENGE_FORM = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

  private static final String HOME =
      """
      <!doctype html>
      <title>DERP relay</title>
      <h1>DERP relay</h1>
      <p>This is a relay of a private network. It passes on encrypted packets between members that
      cannot reach each other directly, and cannot read them.</p>
      """;

  private final Switchboard board;
  private final Duration patience;

  private @Nullable HttpRequest request;
  private @Nullable Future<?> deadline;

  /// The last response has been written.
  private boolean closing;

  /// @param patience how long a request may take to arrive, from the connection or the last
  ///   response on
  HttpPages(Switchboard board, Duration patience) {
    this.board = board;
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
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof DerpEvent.Accepted accepted) {
      ClientConnection client = new ClientConnection(board, ctx.channel(), accepted.client());
      ctx.pipeline().replace(this, null, client);
      client.start();
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
            ? empty(HttpResponseStatus.BAD_REQUEST)
            : respond(request);
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

  private static FullHttpResponse respond(HttpRequest request) {
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      return empty(HttpResponseStatus.METHOD_NOT_ALLOWED);
    }
    return switch (new QueryStringDecoder(request.uri()).rawPath()) {
      case "/derp/probe", "/derp/latency-check" -> probe();
      case "/generate_204" -> noContent(request.headers().get(CHALLENGE, ""));
      case "/robots.txt" -> text("text/plain; charset=utf-8", "User-agent: *\nDisallow: /\n");
      case "/" -> text("text/html; charset=utf-8", HOME);
      default -> empty(HttpResponseStatus.NOT_FOUND);
    };
  }

  /// Browsers measure from any origin.
  private static FullHttpResponse probe() {
    FullHttpResponse response = empty(HttpResponseStatus.OK);
    response.headers().set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    return response;
  }

  /// Proof against a captive portal: it would have to know how to answer the challenge.
  private static FullHttpResponse noContent(String challenge) {
    FullHttpResponse response = empty(HttpResponseStatus.NO_CONTENT);
    response
        .headers()
        .set(
            HttpHeaderNames.CACHE_CONTROL,
            "no-cache, no-store, must-revalidate, no-transform, max-age=0");
    if (CHALLENGE_FORM.matcher(challenge).matches()) {
      response.headers().set(CHALLENGE_RESPONSE, "response " + challenge);
    }
    return response;
  }

  private static FullHttpResponse text(String type, String body) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.OK,
            Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    response.headers().set("X-Content-Type-Options", "nosniff");
    return response;
  }

  private static FullHttpResponse empty(HttpResponseStatus status) {
    return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
  }

  /// Connections break; that is no news.
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}

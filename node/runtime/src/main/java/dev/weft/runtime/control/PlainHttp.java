package dev.weft.runtime.control;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpContentException;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// One request outside the Noise channel, over TCP or verified TLS. No redirects, no reuse.
final class PlainHttp {
  private static final int MAX_BODY_BYTES = 64 * 1024;
  private static final long TIMEOUT_MILLIS = 15_000;

  private final ControlSettings settings;
  private final Dialer dialer;

  PlainHttp(ControlSettings settings, Dialer dialer) {
    this.settings = settings;
    this.dialer = dialer;
  }

  /// @param location of a redirect, or empty
  record Answer(int status, String body, String location) {}

  Answer request(HttpMethod method, URI url) throws IOException, InterruptedException {
    boolean tls = "https".equalsIgnoreCase(url.getScheme());
    int port = url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80;
    Promise<Answer> answer = ImmediateEventExecutor.INSTANCE.newPromise();
    Channel channel =
        dialer.connect(
            tls,
            url.getHost(),
            port,
            pipeline -> {
              if (tls) {
                pipeline.addLast(
                    settings.tls().newHandler(pipeline.channel().alloc(), url.getHost(), port));
              }
              pipeline.addLast(
                  new HttpClientCodec(),
                  new HttpObjectAggregator(MAX_BODY_BYTES),
                  new Asker(method, url, answer));
            });
    Dialer.await(answer, channel, TIMEOUT_MILLIS);
    channel.close();
    @Nullable Answer got = answer.isSuccess() ? answer.getNow() : null;
    if (got == null) {
      throw ControlException.of("no answer from " + url + ": " + Dialer.reason(answer.cause()));
    }
    return got;
  }

  private static final class Asker extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final HttpMethod method;
    private final URI url;
    private final Promise<Answer> answer;

    Asker(HttpMethod method, URI url, Promise<Answer> answer) {
      this.method = method;
      this.url = url;
      this.answer = answer;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
      String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
      DefaultFullHttpRequest request =
          new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, path + query);
      request.headers().set(HttpHeaderNames.HOST, url.getRawAuthority());
      request.headers().set(HttpHeaderNames.CONNECTION, "close");
      ctx.writeAndFlush(request);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
      @Nullable String location = response.headers().get(HttpHeaderNames.LOCATION);
      answer.trySuccess(
          new Answer(
              response.status().code(),
              response.content().toString(StandardCharsets.UTF_8),
              location == null ? "" : location));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      answer.tryFailure(new IOException("the connection was closed"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      answer.tryFailure(
          cause instanceof TooLongHttpContentException
              ? new IOException("the answer is longer than " + MAX_BODY_BYTES + " bytes")
              : cause);
      ctx.close();
    }
  }
}

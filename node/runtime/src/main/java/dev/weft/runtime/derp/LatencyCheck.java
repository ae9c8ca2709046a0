package dev.weft.runtime.derp;

import dev.weft.runtime.loop.NodeLoop;
import dev.weft.tailcfg.DerpNode;
import dev.weft.tailcfg.DerpRegion;
import dev.weft.transport.derp.DerpTls;
import dev.weft.transport.derp.RelayIdentity;
import dev.weft.transport.proxy.Uplink;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Times one HTTPS exchange with a region's first relay, on a connection that stands already: how
/// far it is when UDP does not pass (`docs/protocol/dataplane.md §4.2`).
public final class LatencyCheck extends ChannelInboundHandlerAdapter {
  private static final int TIMEOUT_SECONDS = 5;

  private final NodeLoop loop;
  private final DerpNode relay;
  private final Consumer<Optional<Long>> answer;
  private final Future<?> deadline;

  private @Nullable Channel channel;
  private long requestedAt;
  private boolean over;

  private LatencyCheck(NodeLoop loop, DerpNode relay, Consumer<Optional<Long>> answer) {
    this.loop = loop;
    this.relay = relay;
    this.answer = answer;
    this.deadline =
        loop.eventLoop()
            .schedule(() -> finish(Optional.empty()), TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  /// @param answer told once, on the loop and after this returns: the nanoseconds it took, or
  ///   nothing
  public static void measure(
      NodeLoop loop, DerpRegion region, Uplink uplink, Consumer<Optional<Long>> answer) {
    Optional<DerpNode> relay = region.nodes().stream().filter(n -> !n.stunOnly()).findFirst();
    if (relay.isEmpty()) {
      loop.eventLoop().execute(() -> answer.accept(Optional.empty()));
      return;
    }
    LatencyCheck check = new LatencyCheck(loop, relay.get(), answer);
    loop.eventLoop().execute(() -> check.connect(uplink));
  }

  private void connect(Uplink uplink) {
    new RelayDial(
            loop,
            uplink,
            relay,
            false,
            opened -> secure(opened, uplink.trust()),
            _ -> finish(Optional.empty()))
        .start();
  }

  private void secure(Channel opened, X509TrustManager authorities) {
    if (over) {
      opened.close();
      return;
    }
    channel = opened;
    RelayIdentity identity =
        RelayIdentity.of(relay.hostName(), relay.certName(), relay.insecureForTests());
    try {
      opened
          .pipeline()
          .addLast(
              DerpTls.clientHandler(
                  identity,
                  authorities,
                  opened.alloc(),
                  relay.hostName(),
                  relay.effectiveDerpPort()),
              new HttpClientCodec(),
              this);
    } catch (SSLException e) {
      finish(Optional.empty());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent tls && tls.isSuccess()) {
      FullHttpRequest request =
          new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/derp/latency-check");
      request.headers().set(HttpHeaderNames.HOST, relay.hostName());
      requestedAt = loop.now();
      ctx.writeAndFlush(request);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (msg instanceof HttpResponse response) {
      boolean ok = response.decoderResult().isSuccess() && response.status().code() <= 299;
      finish(ok ? Optional.of(loop.now() - requestedAt) : Optional.empty());
    }
    ReferenceCountUtil.release(msg);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    finish(Optional.empty());
  }

  /// Connections break; that is an answer too.
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    finish(Optional.empty());
  }

  private void finish(Optional<Long> nanos) {
    if (over) {
      return;
    }
    over = true;
    deadline.cancel(false);
    if (channel != null) {
      channel.close();
    }
    answer.accept(nanos);
  }
}

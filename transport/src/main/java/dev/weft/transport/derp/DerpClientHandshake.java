package dev.weft.transport.derp;

import dev.weft.base.Entropy;
import dev.weft.crypto.Box;
import dev.weft.derp.ClientInfo;
import dev.weft.derp.Frame;
import dev.weft.derp.FrameType.Sender;
import dev.weft.derp.ServerInfo;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.security.cert.Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// The client's side of getting to DERP: HTTP upgrade, or none when the relay's certificates
/// already told its key, then the exchange of introductions.
///
/// Goes behind the TLS handler (or first, without TLS), replaces itself by a [DerpFrameCodec], and
/// fires [DerpEvent.Ready]; or fires [DerpEvent.Rejected] and closes the channel.
public final class DerpClientHandshake extends ChannelInboundHandlerAdapter {
  /// What a client awaits from the relay.
  private sealed interface State {
    /// TLS is under way.
    record Secured() implements State {}

    /// The answer to the upgrade request.
    record Upgrade() implements State {}

    /// The relay's greeting; its key may be known already.
    record Greeting(@Nullable NodeKey known) implements State {}

    /// The relay's introduction.
    record Introduction(NodeKey relay, Box box) implements State {}

    record Done() implements State {}
  }

  private static final String HTTP = "derp-http";

  private final NodePrivateKey key;
  private final ClientInfo info;
  private final String host;
  private final @Nullable String idealNode;
  private final Entropy entropy;

  private State state = new State.Secured();
  private @Nullable Future<?> deadline;

  /// @param host for the request's Host header
  /// @param idealNode the name of the region's first node, when this is another one
  public DerpClientHandshake(
      NodePrivateKey key,
      ClientInfo info,
      String host,
      @Nullable String idealNode,
      Entropy entropy) {
    this.key = key;
    this.info = info;
    this.host = host;
    this.idealNode = idealNode;
    this.entropy = entropy;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (ctx.channel().isActive()) {
      channelOpened(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.fireChannelActive();
    channelOpened(ctx);
  }

  private void channelOpened(ChannelHandlerContext ctx) {
    if (deadline != null) {
      return;
    }
    deadline =
        ctx.executor()
            .schedule(
                () -> fail(ctx, "the relay did not finish its part of the handshake in time"),
                DerpHttp.DEADLINE_SECONDS,
                TimeUnit.SECONDS);
    if (ctx.pipeline().get(SslHandler.class) == null) {
      requestUpgrade(ctx);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent tls) {
      if (tls.isSuccess()) {
        keyFromCertificates(ctx)
            .ifPresentOrElse(relay -> startFast(ctx, relay), () -> requestUpgrade(ctx));
      } else {
        fail(ctx, "TLS: " + reason(tls.cause()));
      }
    }
    ctx.fireUserEventTriggered(event);
  }

  /// The innermost message: the outer ones say that a handshake failed.
  private static String reason(Throwable cause) {
    Throwable inner = cause;
    while (inner.getCause() != null) {
      inner = inner.getCause();
    }
    return String.valueOf(inner.getMessage());
  }

  /// Only TLS 1.3 vouches for more than the leaf.
  private Optional<NodeKey> keyFromCertificates(ChannelHandlerContext ctx) {
    SSLSession session = relayTls(ctx).engine().getSession();
    if (!session.getProtocol().equals("TLSv1.3")) {
      return Optional.empty();
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      return MetaCertificate.relayKey(chain);
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  /// The one before us: there may be another in front, towards a proxy.
  private SslHandler relayTls(ChannelHandlerContext ctx) {
    SslHandler nearest = ctx.pipeline().get(SslHandler.class);
    for (Map.Entry<String, ChannelHandler> entry : ctx.pipeline()) {
      if (entry.getValue() == this) {
        break;
      }
      if (entry.getValue() instanceof SslHandler tls) {
        nearest = tls;
      }
    }
    return nearest;
  }

  private void requestUpgrade(ChannelHandlerContext ctx) {
    state = new State.Upgrade();
    ctx.pipeline().addBefore(ctx.name(), HTTP, new HttpClientCodec());
    ctx.writeAndFlush(upgradeRequest(false));
  }

  /// Request and introduction leave in one flight, and there will be no HTTP response.
  private void startFast(ChannelHandlerContext ctx, NodeKey relay) {
    ctx.pipeline().addBefore(ctx.name(), HTTP, new HttpClientCodec());
    ctx.write(upgradeRequest(true));
    becomeDerp(ctx);
    introduce(ctx, relay);
    state = new State.Greeting(relay);
  }

  private FullHttpRequest upgradeRequest(boolean fast) {
    FullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, DerpHttp.PATH);
    request.headers().set(HttpHeaderNames.HOST, host);
    request.headers().set(HttpHeaderNames.UPGRADE, DerpHttp.PROTOCOL);
    request.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    if (idealNode != null) {
      request.headers().set(DerpHttp.IDEAL_NODE, idealNode);
    }
    if (fast) {
      request.headers().set(DerpHttp.FAST_START, "1");
    }
    return request;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    switch (state) {
      case State.Upgrade _ -> onHttp(ctx, msg);
      case State.Greeting(NodeKey known) -> {
        if (msg instanceof Frame.ServerKey(NodeKey relay)) {
          onGreeting(ctx, relay, known);
        } else {
          unexpected(ctx, msg);
        }
      }
      case State.Introduction(NodeKey relay, Box box) -> {
        if (msg instanceof Frame.SealedServerInfo sealed) {
          onIntroduction(ctx, relay, ServerInfo.open(sealed, box));
        } else {
          unexpected(ctx, msg);
        }
      }
      // Nothing is expected yet, or the channel is being closed.
      case State.Secured _, State.Done _ -> ReferenceCountUtil.release(msg);
    }
  }

  private void onHttp(ChannelHandlerContext ctx, Object msg) {
    if (msg instanceof HttpResponse response) {
      if (response.decoderResult().isFailure()
          || !response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
        fail(ctx, "the server does not relay: HTTP status " + response.status().code());
      }
    }
    if (msg instanceof LastHttpContent && state instanceof State.Upgrade) {
      state = new State.Greeting(null);
      becomeDerp(ctx);
    }
    ReferenceCountUtil.release(msg);
  }

  private void becomeDerp(ChannelHandlerContext ctx) {
    ctx.pipeline().addBefore(ctx.name(), null, new DerpFrameCodec(Sender.SERVER));
    // Passes on what it has read behind the response.
    ctx.pipeline().remove(HTTP);
  }

  private void onGreeting(ChannelHandlerContext ctx, NodeKey relay, @Nullable NodeKey known) {
    if (known == null) {
      introduce(ctx, relay);
      state = new State.Introduction(relay, key.box(relay));
    } else {
      // The certificates have told it before, and TLS vouches for them.
      state = new State.Introduction(known, key.box(known));
    }
  }

  private void introduce(ChannelHandlerContext ctx, NodeKey relay) {
    ctx.writeAndFlush(info.seal(key, relay, entropy));
  }

  private void onIntroduction(
      ChannelHandlerContext ctx, NodeKey relay, @Nullable ServerInfo serverInfo) {
    if (serverInfo == null) {
      fail(ctx, "the server does not hold the key that it names");
      return;
    }
    finish();
    ctx.fireUserEventTriggered(new DerpEvent.Ready(relay, serverInfo));
    ctx.pipeline().remove(this);
  }

  private void unexpected(ChannelHandlerContext ctx, Object msg) {
    ReferenceCountUtil.release(msg);
    fail(ctx, "the relay's handshake is out of order");
  }

  private void fail(ChannelHandlerContext ctx, String reason) {
    finish();
    ctx.fireUserEventTriggered(new DerpEvent.Rejected(reason));
    ctx.close();
  }

  private void finish() {
    state = new State.Done();
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!(state instanceof State.Done)) {
      fail(ctx, "the relay hung up during the handshake");
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    finish();
  }
}

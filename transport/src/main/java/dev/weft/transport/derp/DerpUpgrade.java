package dev.weft.transport.derp;

import dev.weft.base.Entropy;
import dev.weft.derp.ClientInfo;
import dev.weft.derp.FrameType.Sender;
import dev.weft.derp.ServerInfo;
import dev.weft.keys.NodePrivateKey;
import dev.weft.transport.websocket.WebSocketBytes;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The relay's side of getting from HTTP to DERP: answers `GET /derp`, which asks for DERP itself
/// or for a WebSocket that carries it. Other requests pass by.
///
/// Goes right behind an [HttpServerCodec]; removes that and itself when the channel has become
/// DERP. HTTP/2 must not be negotiated on such a channel, since it has no upgrade.
public final class DerpUpgrade extends ChannelInboundHandlerAdapter {
  /// A WebSocket message may hold a frame or a part of one, and no client sends more at once.
  private static final int MAX_WEBSOCKET_MESSAGE = 256 << 10;

  private final DerpServerHandshake.Terms terms;

  /// The request whose end is awaited; null when it is none of ours.
  private @Nullable HttpRequest request;

  /// @param key the relay's
  /// @param info what clients are told
  /// @param admission whom the relay serves
  public DerpUpgrade(NodePrivateKey key, ServerInfo info, Admission admission, Entropy entropy) {
    terms = new DerpServerHandshake.Terms(key, info, admission, entropy);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (msg instanceof HttpRequest head && isForUs(head)) {
      request = head;
      return;
    }
    HttpRequest head = request;
    if (head == null) {
      ctx.fireChannelRead(msg);
      return;
    }
    // The end of the head comes as a message of its own. Only then is the codec between requests
    // and hands on what it has read behind.
    if (msg instanceof LastHttpContent) {
      request = null;
      upgrade(ctx, head);
    }
    ReferenceCountUtil.release(msg);
  }

  private static boolean isForUs(HttpRequest request) {
    return request.decoderResult().isSuccess()
        && new QueryStringDecoder(request.uri()).rawPath().equals(DerpHttp.PATH);
  }

  private void upgrade(ChannelHandlerContext ctx, HttpRequest request) {
    String wanted = request.headers().get(HttpHeaderNames.UPGRADE, "");
    if (!request.method().equals(HttpMethod.GET)) {
      refuse(ctx, HttpResponseStatus.METHOD_NOT_ALLOWED);
    } else if (wanted.equalsIgnoreCase(DerpHttp.PROTOCOL)) {
      upgradeToDerp(ctx, request);
    } else if (wanted.equalsIgnoreCase(DerpHttp.WEBSOCKET)) {
      upgradeToWebSocket(ctx, request);
    } else {
      refuse(ctx, HttpResponseStatus.UPGRADE_REQUIRED);
    }
  }

  private void upgradeToDerp(ChannelHandlerContext ctx, HttpRequest request) {
    if (!"1".equals(request.headers().get(DerpHttp.FAST_START))) {
      FullHttpResponse response = response(HttpResponseStatus.SWITCHING_PROTOCOLS, "");
      response.headers().set(HttpHeaderNames.UPGRADE, DerpHttp.PROTOCOL);
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
      response.headers().set(DerpHttp.VERSION, ClientInfo.PROTOCOL_VERSION);
      response.headers().set(DerpHttp.PUBLIC_KEY, terms.key().publicKey().raw().toHex());
      ctx.write(response);
    }
    ChannelHandlerContext http = ctx.pipeline().context(HttpServerCodec.class);
    http.writeAndFlush(Unpooled.wrappedBuffer(DerpServerHandshake.greeting(terms.key()).encode()));
    addDerp(ctx, request);
    ctx.pipeline().remove(this);
    // Passes on what has been read behind the request: a fast client has introduced itself already.
    ctx.pipeline().remove(HttpServerCodec.class);
  }

  private void upgradeToWebSocket(ChannelHandlerContext ctx, HttpRequest request) {
    if (!WebSocketVersion.V13
        .toHttpHeaderValue()
        .equals(request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
      WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(ctx.channel());
      return;
    }
    // Any origin may ask, as at derper: a page gains nothing by its visitor's address, since the
    // relay knows clients by their node keys alone.
    if (!request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY)
        || !containsToken(request, HttpHeaderNames.CONNECTION, "upgrade")
        || !containsToken(
            request, HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, DerpHttp.WEBSOCKET_SUBPROTOCOL)) {
      refuse(ctx, HttpResponseStatus.BAD_REQUEST);
      return;
    }
    ctx.pipeline().addBefore(ctx.name(), null, new WebSocketBytes());
    addDerp(ctx, request);
    new WebSocketServerHandshaker13(
            "",
            DerpHttp.WEBSOCKET_SUBPROTOCOL,
            WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(MAX_WEBSOCKET_MESSAGE)
                .allowExtensions(false)
                // Its own goodbye is empty where the client's was wrong.
                .closeOnProtocolViolation(false)
                .build())
        .handshake(ctx.channel(), withoutBody(request))
        .addListener(done -> {
          if (done.isSuccess()) {
            ctx.writeAndFlush(DerpServerHandshake.greeting(terms.key()));
            ctx.pipeline().remove(this);
          } else {
            ctx.close();
          }
        });
  }

  private static boolean containsToken(HttpRequest request, CharSequence header, String token) {
    return request.headers().containsValue(header, token, true);
  }

  private static FullHttpRequest withoutBody(HttpRequest request) {
    return new DefaultFullHttpRequest(
        request.protocolVersion(),
        request.method(),
        request.uri(),
        Unpooled.EMPTY_BUFFER,
        request.headers(),
        EmptyHttpHeaders.INSTANCE);
  }

  private void addDerp(ChannelHandlerContext ctx, HttpRequest request) {
    boolean notIdeal = !request.headers().get(DerpHttp.IDEAL_NODE, "").isEmpty();
    ctx.pipeline().addBefore(ctx.name(), null, new DerpFrameCodec(Sender.CLIENT));
    ctx.pipeline().addBefore(ctx.name(), null, new DerpServerHandshake(terms, notIdeal));
  }

  private static void refuse(ChannelHandlerContext ctx, HttpResponseStatus status) {
    FullHttpResponse response = response(status, "DERP requires connection upgrade\n");
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    if (status.equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
      response.headers().set(HttpHeaderNames.UPGRADE, DerpHttp.PROTOCOL);
    }
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  private static FullHttpResponse response(HttpResponseStatus status, String body) {
    return new DefaultFullHttpResponse(
        HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
  }
}

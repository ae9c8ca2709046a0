package dev.weft.transport.ts2021;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;
import static io.netty.handler.codec.http.HttpHeaderNames.TRANSFER_ENCODING;
import static io.netty.handler.codec.http.HttpHeaderNames.UPGRADE;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.weft.base.Entropy;
import dev.weft.keys.ChallengePrivateKey;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.transport.websocket.WebSocketBytes;
import dev.weft.ts2021.EarlyPayload;
import dev.weft.ts2021.ServerHandshake;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Upgrades `/ts2021`, to the protocol itself or to a WebSocket that carries it, and lets
/// everything else pass. One per connection, right behind the `HttpServerCodec`.
public final class Ts2021ServerHandler extends ChannelInboundHandlerAdapter {
  private static final byte[] SWITCHING =
      ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: "
              + Upgrade.PROTOCOL
              + "\r\nConnection: upgrade\r\n\r\n")
          .getBytes(US_ASCII);

  private static final String WEB_SOCKET = "websocket";

  /// A record has 4 KiB, and a client may put a few into a message.
  private static final int MAX_WEB_SOCKET_MESSAGE = 256 * 1024;

  private final MachinePrivateKey serverKey;
  private final Entropy entropy;
  private final Inside inside;

  /// The request for our path whose end is awaited.
  private @Nullable HttpRequest upgrading;

  /// Whether the HTTP codec is being replaced.
  private boolean switched;

  /// What came behind the request.
  private ByteBuf readTooFar = Unpooled.EMPTY_BUFFER;

  /// Makes the handler of one connection.
  ///
  /// @param serverKey the key that `/key` shows
  /// @param entropy used on the connection's event loop
  public Ts2021ServerHandler(MachinePrivateKey serverKey, Entropy entropy, Inside inside) {
    this.serverKey = serverKey;
    this.entropy = entropy;
    this.inside = inside;
  }

  /// What runs inside the channel.
  @FunctionalInterface
  public interface Inside {
    /// Adds handlers for plaintext to the end of the pipeline. Bytes that arrived already are read
    /// after it returns.
    void open(ChannelPipeline pipeline, Ts2021Peer peer);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request && isOurs(request)) {
      upgrading = request;
    }
    if (switched && message instanceof ByteBuf bytes) {
      readTooFar = Unpooled.wrappedBuffer(readTooFar, bytes); // at most one read of the socket
      return;
    }
    if (upgrading == null) {
      ctx.fireChannelRead(message);
      return;
    }
    boolean whole = message instanceof LastHttpContent;
    boolean empty = !(message instanceof HttpContent content) || !content.content().isReadable();
    ReferenceCountUtil.release(message);
    if (!empty) {
      refuse(ctx, "the upgrade has no body");
    } else if (whole) {
      upgrade(ctx, upgrading);
    }
  }

  /// Frames of a WebSocket that is being opened or refused, which its codec forbids.
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (upgrading == null) {
      ctx.fireExceptionCaught(cause);
    } else {
      ctx.close();
    }
  }

  private static boolean isOurs(HttpRequest request) {
    String uri = request.uri();
    return uri.equals(Upgrade.PATH) || uri.startsWith(Upgrade.PATH + "?");
  }

  private void upgrade(ChannelHandlerContext ctx, HttpRequest request) {
    HttpHeaders headers = request.headers();
    @Nullable String protocol = headers.get(UPGRADE);
    @Nullable String initiation = headers.get(Upgrade.HANDSHAKE_HEADER);
    // The original's texts, where it has one.
    if (!request.decoderResult().isSuccess() || headers.contains(TRANSFER_ENCODING)) {
      refuse(ctx, "malformed upgrade request");
    } else if (!request.method().equals(HttpMethod.POST)
        && !request.method().equals(HttpMethod.GET)) {
      refuse(ctx, "upgrade with POST or GET");
    } else if (WEB_SOCKET.equalsIgnoreCase(protocol)) {
      openWebSocket(ctx, request);
    } else if (protocol == null) {
      refuse(ctx, "missing next protocol");
    } else if (!protocol.equalsIgnoreCase(Upgrade.PROTOCOL)) {
      refuse(ctx, "unknown next protocol");
    } else if (initiation == null) {
      refuse(ctx, "missing Tailscale handshake header");
    } else {
      accept(ctx, initiation);
    }
  }

  private void accept(ChannelHandlerContext ctx, String initiation) {
    @Nullable ServerHandshake handshake =
        ServerHandshake.accept(serverKey, decode(initiation), entropy);
    if (handshake == null) {
      refuse(ctx, "invalid tailscale handshake header");
    } else {
      switchProtocol(ctx, handshake);
    }
  }

  private static byte[] decode(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      return new byte[0];
    }
  }

  /// Browsers' way (`docs/protocol/control.md` §2.1): the initiation is in the query, the rest in
  /// binary messages. What is wrong with either is said in the WebSocket's own words.
  private void openWebSocket(ChannelHandlerContext ctx, HttpRequest request) {
    if (!request.method().equals(HttpMethod.GET)
        || !request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY)
        || !request
            .headers()
            .containsValue(
                HttpHeaderNames.SEC_WEBSOCKET_VERSION,
                WebSocketVersion.V13.toHttpHeaderValue(),
                false)) {
      refuse(ctx, "malformed upgrade request");
      return;
    }
    // Now, where what is wrong with it can still be answered.
    String initiation = initiationOf(request);
    WebSocketServerHandshaker13 webSocket =
        new WebSocketServerHandshaker13(
            "",
            Upgrade.PROTOCOL,
            WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(MAX_WEB_SOCKET_MESSAGE)
                .allowExtensions(false)
                .build());
    FullHttpRequest whole =
        new DefaultFullHttpRequest(
            request.protocolVersion(),
            request.method(),
            request.uri(),
            Unpooled.EMPTY_BUFFER,
            request.headers(),
            EmptyHttpHeaders.INSTANCE);
    webSocket
        .handshake(ctx.channel(), whole)
        .addListener(done -> {
          if (done.isSuccess()) {
            openInWebSocket(ctx, initiation, webSocket.selectedSubprotocol() != null);
          } else {
            ctx.close();
          }
        });
  }

  /// What is behind us stays until the channel opens: it closes connections that take too long.
  private void openInWebSocket(
      ChannelHandlerContext ctx, String initiation, boolean isOurProtocol) {
    @Nullable ServerHandshake handshake =
        isOurProtocol ? ServerHandshake.accept(serverKey, decode(initiation), entropy) : null;
    if (handshake == null) {
      WebSocketBytes.goodbye(ctx, new CloseWebSocketFrame(WebSocketCloseStatus.POLICY_VIOLATION));
      return;
    }
    removeAllBehind(ctx);
    ChannelPipeline pipeline = ctx.pipeline();
    pipeline.addLast(new WebSocketBytes());
    ctx.write(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(handshake.response())));
    // Without an early payload.
    openChannel(pipeline, handshake);
    pipeline.remove(this);
  }

  /// Empty when the query has none or is malformed.
  private static String initiationOf(HttpRequest request) {
    @Nullable List<String> values;
    try {
      values = new QueryStringDecoder(request.uri()).parameters().get(Upgrade.HANDSHAKE_HEADER);
    } catch (IllegalArgumentException _) {
      return "";
    }
    // A plus that was not escaped reads as a space.
    return values == null ? "" : values.getFirst().replace(' ', '+');
  }

  private void switchProtocol(ChannelHandlerContext ctx, ServerHandshake handshake) {
    ChannelPipeline pipeline = ctx.pipeline();
    removeAllBehind(ctx);
    switched = true;
    pipeline.remove(HttpServerCodec.class); // hands us the bytes that it has read too far
    // Held back until the flush below, so that most clients see all of it with their first read.
    ctx.write(Unpooled.wrappedBuffer(SWITCHING, handshake.response()));
    EarlyPayload early = new EarlyPayload(ChallengePrivateKey.generate(entropy).publicKey());
    openChannel(pipeline, handshake, Unpooled.wrappedBuffer(early.encode()));
    pipeline.remove(this);
  }

  /// @param first what is said before anything else
  private void openChannel(ChannelPipeline pipeline, ServerHandshake handshake, ByteBuf... first) {
    RecordDecoder decoder = new RecordDecoder(handshake.channel());
    pipeline.addLast(new RecordEncoder(handshake.channel()), decoder);
    ChannelHandlerContext inner = pipeline.context(decoder);
    for (ByteBuf bytes : first) {
      inner.write(bytes);
    }
    inside.open(
        pipeline,
        new Ts2021Peer(
            handshake.machine(), handshake.version(), handshake.channel().handshakeHash()));
    inner.flush();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ByteBuf bytes = readTooFar;
    readTooFar = Unpooled.EMPTY_BUFFER;
    if (bytes.isReadable()) {
      ctx.fireChannelRead(bytes);
      ctx.fireChannelReadComplete();
    } else {
      bytes.release();
    }
  }

  private void removeAllBehind(ChannelHandlerContext ctx) {
    ChannelPipeline pipeline = ctx.pipeline();
    List<ChannelHandler> behind = new ArrayList<>();
    boolean seen = false;
    for (String name : pipeline.names()) {
      @Nullable ChannelHandler handler = pipeline.get(name);
      if (seen && handler != null) {
        behind.add(handler);
      }
      seen |= handler == this;
    }
    behind.forEach(pipeline::remove);
  }

  private void refuse(ChannelHandlerContext ctx, String text) {
    upgrading = null;
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.BAD_REQUEST,
            Unpooled.copiedBuffer(text + "\n", US_ASCII));
    response
        .headers()
        .set(CONTENT_TYPE, "text/plain; charset=utf-8")
        .set(CONTENT_LENGTH, response.content().readableBytes())
        .set(CONNECTION, "close");
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}

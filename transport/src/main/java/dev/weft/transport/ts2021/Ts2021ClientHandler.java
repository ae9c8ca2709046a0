package dev.weft.transport.ts2021;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.HOST;
import static io.netty.handler.codec.http.HttpHeaderNames.UPGRADE;

import dev.weft.ts2021.ClientHandshake;
import dev.weft.ts2021.SecureChannel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;
import java.util.Base64;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Asks for the upgrade as soon as the connection is up, and completes a promise with the channel
/// once the server has proved its key. Sits last, behind an `HttpClientCodec`.
public final class Ts2021ClientHandler extends ChannelInboundHandlerAdapter {
  private final ClientHandshake handshake;
  private final String authority;
  private final Consumer<ChannelPipeline> inside;
  private final Promise<Channel> done;

  private State state = State.AWAITING_CONNECTION;

  /// What came behind the 101 when the HTTP codec was removed.
  private ByteBuf readTooFar = Unpooled.EMPTY_BUFFER;

  private enum State {
    AWAITING_CONNECTION,
    AWAITING_RESPONSE,
    AWAITING_END,
    REMOVING_CODEC,
    SWITCHED
  }

  /// Makes the handler of one attempt.
  ///
  /// @param authority the `Host` of the request
  /// @param inside adds handlers for plaintext to the end of the pipeline
  /// @param done tells the channel, or an [UpgradeException]; cancelling it closes the connection
  public Ts2021ClientHandler(
      ClientHandshake handshake,
      String authority,
      Consumer<ChannelPipeline> inside,
      Promise<Channel> done) {
    this.handshake = handshake;
    this.authority = authority;
    this.inside = inside;
    this.done = done;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    done.addListener(result -> {
      if (!result.isSuccess()) {
        ctx.channel().close();
      }
    });
    if (ctx.channel().isActive()) {
      ask(ctx); // added to a connection that is up: no event will come
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ask(ctx);
    ctx.fireChannelActive();
  }

  private void ask(ChannelHandlerContext ctx) {
    if (state != State.AWAITING_CONNECTION) {
      return;
    }
    state = State.AWAITING_RESPONSE;
    FullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, Upgrade.PATH);
    request
        .headers()
        .set(HOST, authority)
        .set(UPGRADE, Upgrade.PROTOCOL)
        .set(CONNECTION, "upgrade")
        .set(Upgrade.HANDSHAKE_HEADER, Base64.getEncoder().encodeToString(handshake.initiation()))
        .set(CONTENT_LENGTH, 0);
    ctx.writeAndFlush(request);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    switch (state) {
      case AWAITING_CONNECTION, AWAITING_RESPONSE, AWAITING_END -> {
        readHttp(ctx, message);
        ReferenceCountUtil.release(message);
      }
      // At most one read of the socket.
      case REMOVING_CODEC -> readTooFar = Unpooled.wrappedBuffer(readTooFar, (ByteBuf) message);
      case SWITCHED -> ctx.fireChannelRead(message);
    }
  }

  private void readHttp(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpResponse response) {
      readStatus(response);
    }
    if (state == State.AWAITING_END && message instanceof LastHttpContent) {
      switchProtocol(ctx);
    }
  }

  private void readStatus(HttpResponse response) {
    @Nullable String protocol = response.headers().get(UPGRADE);
    if (response.decoderResult().isFailure()) {
      fail("the server does not speak HTTP/1.1");
    } else if (!response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
      fail(
          "the server answered HTTP "
              + response.status().code()
              + " where a control server switches protocols");
    } else if (!Upgrade.PROTOCOL.equals(protocol)) {
      fail("the server switched to another protocol");
    } else {
      state = State.AWAITING_END;
    }
  }

  private void switchProtocol(ChannelHandlerContext ctx) {
    state = State.REMOVING_CODEC;
    ctx.pipeline().remove(HttpClientCodec.class); // hands us the bytes that it has read too far
    ctx.pipeline().addLast(new HandshakeResponseDecoder(handshake, result(ctx)));
    state = State.SWITCHED;
    ByteBuf early = readTooFar;
    readTooFar = Unpooled.EMPTY_BUFFER;
    ctx.fireChannelRead(early);
  }

  private HandshakeResponseDecoder.Result result(ChannelHandlerContext ctx) {
    return new HandshakeResponseDecoder.Result() {
      @Override
      public void established(SecureChannel secure) {
        ChannelPipeline pipeline = ctx.pipeline();
        pipeline.addLast(
            new RecordEncoder(secure), new RecordDecoder(secure), new EarlyPayloadDecoder());
        inside.accept(pipeline);
        pipeline.remove(Ts2021ClientHandler.this);
        if (!done.trySuccess(ctx.channel())) {
          ctx.channel().close();
        }
      }

      @Override
      public void failed(String reason) {
        fail(reason);
      }
    };
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail("the server closed the connection before the handshake was over");
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    done.tryFailure(cause);
  }

  private void fail(String reason) {
    done.tryFailure(new UpgradeException(reason));
  }
}

package dev.weft.runtime.socks;

import dev.weft.runtime.loop.ChannelRelay;
import dev.weft.runtime.loop.Paused;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// The dialogue of one client of the HTTP proxy: one request, to a tunnel (`CONNECT host:port`, RFC
/// 9110 §9.3.6) or to an absolute `http://` URI (RFC 9112 §3.2.2).
///
/// A connection carries one request: both sides are told `Connection: close`, so that the answer is
/// passed through as bytes and never needs to be understood.
final class HttpProxyHandler extends ChannelInboundHandlerAdapter {
  /// The header in which the original tells the reason of a failed dial.
  private static final String ERROR_HEADER = "Tailscale-Connect-Error";

  /// What RFC 9110 §7.6.1 calls connection-specific, and the proxy's own.
  private static final List<CharSequence> HOP_BY_HOP =
      List.of(
          HttpHeaderNames.CONNECTION,
          "proxy-connection",
          "keep-alive",
          HttpHeaderNames.PROXY_AUTHORIZATION,
          HttpHeaderNames.TE,
          HttpHeaderNames.UPGRADE);

  private final Dialer dialer;
  private final Queue<Object> body =
      new ArrayDeque<>(); // bounded: reading is off until the request has been passed on
  private @Nullable HttpRequest request;

  private HttpProxyHandler(Dialer dialer) {
    this.dialer = dialer;
  }

  static void install(Channel channel, Dialer dialer) {
    channel.pipeline().addLast(new HttpRequestDecoder(), new HttpProxyHandler(dialer));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (request != null) {
      body.add(message);
    } else if (message instanceof HttpRequest head && head.decoderResult().isSuccess()) {
      request = head;
      context.channel().config().setAutoRead(false);
      OpeningTimeout.requestRead(context.pipeline());
      handle(context, head);
    } else {
      ReferenceCountUtil.release(message);
      refuse(context, "400 Bad Request", "not an HTTP request");
    }
  }

  private void handle(ChannelHandlerContext context, HttpRequest head) {
    boolean tunnel = head.method().equals(HttpMethod.CONNECT);
    Optional<ProxyTarget> asked =
        tunnel ? ProxyTarget.ofAuthority(head.uri()) : ProxyTarget.ofUri(head.uri());
    if (asked.isEmpty()) {
      refuse(
          context,
          "400 Bad Request",
          "this is a proxy: ask for CONNECT host:port or an absolute http:// URI");
      return;
    }
    ProxyTarget target = asked.get();
    dialer
        .dial(target.host(), target.port(), new Paused())
        .addListener(dialled -> {
          if (!dialled.isSuccess()) {
            DialFailure failure = DialFailure.of(dialled.cause());
            refuse(context, failure.httpStatus() + " Proxy Error", failure.text());
          } else if (tunnel) {
            tunnel(context, (Channel) dialled.getNow());
          } else {
            fetch(context, (Channel) dialled.getNow(), head, target);
          }
        });
  }

  private void tunnel(ChannelHandlerContext context, Channel server) {
    write(context, "HTTP/1.1 200 Connection Established\r\n\r\n")
        .addListener(_ -> {
          releaseBody(); // a CONNECT has none; only its empty end marker is here
          ChannelRelay.join(context.channel(), server);
          context.pipeline().remove(HttpRequestDecoder.class);
          context.pipeline().remove(this);
        });
  }

  /// The relay then passes decoded parts of the body to the encoder, and the answer back as bytes.
  private void fetch(
      ChannelHandlerContext context, Channel server, HttpRequest head, ProxyTarget target) {
    // What the client has named as meant for this connection only.
    for (String names : head.headers().getAll(HttpHeaderNames.CONNECTION)) {
      for (String name : names.split(",", -1)) {
        removeUnlessFraming(head, name.strip());
      }
    }
    HOP_BY_HOP.forEach(name -> head.headers().remove(name));
    head.headers().set(HttpHeaderNames.CONNECTION, "close");
    head.headers().set(HttpHeaderNames.HOST, target.authority());
    head.setUri(target.path());
    server.pipeline().addFirst(new HttpRequestEncoder());
    server.write(head);
    OneRequest rest = new OneRequest();
    context.pipeline().addAfter(context.name(), null, rest);
    ChannelRelay.join(context.channel(), server);
    ChannelHandlerContext next = context;
    body.forEach(next::fireChannelRead);
    body.clear();
    next.fireChannelReadComplete();
    context.pipeline().remove(this);
  }

  /// The body's framing is not the client's to take away.
  private static void removeUnlessFraming(HttpRequest head, String name) {
    boolean framing =
        HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)
            || HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name);
    if (!framing && !name.isEmpty()) {
      head.headers().remove(name);
    }
  }

  private void refuse(ChannelHandlerContext context, String status, String reason) {
    String text = reason + "\n";
    write(
            context,
            "HTTP/1.1 "
                + status
                + "\r\nConnection: close\r\nContent-Type: text/plain\r\n"
                + ERROR_HEADER
                + ": "
                + reason
                + "\r\nContent-Length: "
                + text.length()
                + "\r\n\r\n"
                + text)
        .addListener(ChannelFutureListener.CLOSE);
  }

  private static ChannelFuture write(ChannelHandlerContext context, String text) {
    return context.writeAndFlush(ByteBufUtil.writeAscii(context.alloc(), text));
  }

  private void releaseBody() {
    body.forEach(ReferenceCountUtil::release);
    body.clear();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    releaseBody();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  /// Lets one request's body pass; a request pipelined behind it is the client's to repeat.
  private static final class OneRequest extends ChannelInboundHandlerAdapter {
    private boolean ended;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (ended || !(message instanceof HttpObject)) {
        ReferenceCountUtil.release(message);
        return;
      }
      ended = message instanceof LastHttpContent;
      context.fireChannelRead(message);
    }
  }
}

package dev.weft.runtime.socks;

import dev.weft.base.Ip;
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
import java.net.URI;
import java.net.URISyntaxException;
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
    Optional<URI> target = tunnel ? uri("tunnel://" + head.uri()) : uri(head.uri());
    if (target.isEmpty()
        || target.get().getHost() == null
        || (tunnel && target.get().getPort() < 0)) {
      refuse(
          context,
          "400 Bad Request",
          "this is a proxy: ask for CONNECT host:port or an absolute http:// URI");
      return;
    }
    URI uri = target.get();
    if (!tunnel && !"http".equalsIgnoreCase(uri.getScheme())) {
      refuse(
          context,
          "400 Bad Request",
          "only http:// URIs can be fetched; use CONNECT for anything else");
      return;
    }
    int port = uri.getPort() < 0 ? 80 : uri.getPort();
    dialer
        .dial(bare(uri.getHost()), port, new Paused())
        .addListener(dialled -> {
          if (!dialled.isSuccess()) {
            DialFailure failure = DialFailure.of(dialled.cause());
            refuse(context, failure.httpStatus() + " Proxy Error", failure.text());
          } else if (tunnel) {
            tunnel(context, (Channel) dialled.getNow());
          } else {
            fetch(context, (Channel) dialled.getNow(), head, uri);
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
  private void fetch(ChannelHandlerContext context, Channel server, HttpRequest head, URI uri) {
    HOP_BY_HOP.forEach(name -> head.headers().remove(name));
    head.headers().set(HttpHeaderNames.CONNECTION, "close");
    head.headers()
        .set(
            HttpHeaderNames.HOST,
            uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort());
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    head.setUri(uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
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

  private static Optional<URI> uri(String text) {
    try {
      return Optional.of(new URI(text));
    } catch (URISyntaxException _) {
      return Optional.empty();
    }
  }

  private static String bare(String host) {
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String inner = bracketed ? host.substring(1, host.length() - 1) : host;
    return bracketed && Ip.tryParse(inner).isPresent() ? inner : host;
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

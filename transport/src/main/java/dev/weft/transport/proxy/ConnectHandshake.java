package dev.weft.transport.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Sends `CONNECT` (RFC 9110 §9.3.6) on a channel to a proxy, which is open or being opened, and
/// awaits the head of the answer. Then it leaves, and passes on what has come behind the head.
final class ConnectHandshake extends ByteToMessageDecoder {
  static final int MAX_HEAD = 8 << 10;
  static final int DEADLINE_SECONDS = 10;

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5]\\d\\d)( .*)?");
  private static final int MAX_REASON = 80;
  private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

  private final HttpProxy proxy;
  private final String target;
  private final Promise<Void> opened;

  private @Nullable Future<?> deadline;
  private boolean asked;

  /// So much of what has been read holds no end of a head.
  private int searched;

  /// @param target host and port, of which every character is sent as it is
  ConnectHandshake(HttpProxy proxy, String target, Promise<Void> opened) {
    this.proxy = proxy;
    this.target = target;
    this.opened = opened;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadline =
        ctx.executor()
            .schedule(
                () -> fail(ctx, "does not answer in time"), DEADLINE_SECONDS, TimeUnit.SECONDS);
    if (ctx.channel().isActive() && ctx.pipeline().get(SslHandler.class) == null) {
      ask(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (ctx.pipeline().get(SslHandler.class) == null) {
      ask(ctx);
    }
    ctx.fireChannelActive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent tls) {
      if (tls.isSuccess()) {
        ask(ctx);
      } else {
        fail(ctx, "does not speak TLS with us: " + innermost(tls.cause()));
      }
    }
    ctx.fireUserEventTriggered(event);
  }

  private void ask(ChannelHandlerContext ctx) {
    if (asked) {
      return;
    }
    asked = true;
    StringBuilder request = new StringBuilder(256);
    request.append("CONNECT ").append(target).append(" HTTP/1.1\r\nHost: ").append(target);
    proxy
        .authorization()
        .ifPresent(secret -> request.append("\r\nProxy-Authorization: ").append(secret));
    request.append("\r\n\r\n");
    ctx.writeAndFlush(ByteBufUtil.writeUtf8(ctx.alloc(), request));
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (opened.isDone()) {
      in.skipBytes(in.readableBytes());
      return;
    }
    int length = headLength(in);
    if (length < 0) {
      if (in.readableBytes() > MAX_HEAD) {
        fail(ctx, "answers without end");
      }
      return;
    }
    String head = in.readCharSequence(length, StandardCharsets.ISO_8859_1).toString();
    Matcher status = STATUS.matcher(head.lines().findFirst().orElse(""));
    if (!status.matches()) {
      fail(ctx, "does not answer as a proxy does");
    } else if (status.group(1).startsWith("2")) {
      succeed(ctx);
    } else {
      refused(ctx, Integer.parseInt(status.group(1)), status.group(2));
    }
  }

  /// How long the head is with the empty line that ends it; -1 while that has not come. Its lines
  /// may end without a carriage return (RFC 9112 §2.2).
  private int headLength(ByteBuf in) {
    int from = in.readerIndex();
    int limit = Math.min(in.readableBytes(), MAX_HEAD);
    for (; searched < limit; searched++) {
      if (in.getByte(from + searched) == '\n'
          && (isAt(in, searched - 1, '\n')
              || (isAt(in, searched - 1, '\r') && isAt(in, searched - 2, '\n')))) {
        return searched + 1;
      }
    }
    return -1;
  }

  private static boolean isAt(ByteBuf in, int offset, char c) {
    return offset >= 0 && in.getByte(in.readerIndex() + offset) == c;
  }

  private void refused(ChannelHandlerContext ctx, int status, @Nullable String reason) {
    if (status == PROXY_AUTHENTICATION_REQUIRED) {
      fail(
          ctx,
          proxy.authorization().isPresent()
              ? "does not accept the user and password of its URL (407)"
              : "wants a user and a password (407): put them into its URL,"
                  + " http://user:password@host:port");
      return;
    }
    fail(ctx, "refuses to connect to " + target + ": " + status + printable(reason));
  }

  /// The beginning of a stranger's words, without what commands a terminal.
  static String printable(@Nullable String words) {
    StringBuilder out = new StringBuilder(MAX_REASON);
    (words == null ? "" : words)
        .chars()
        .filter(c -> c >= ' ' && c < 0x7f)
        .limit(MAX_REASON)
        .forEach(c -> out.append((char) c));
    return out.toString().stripTrailing();
  }

  private void succeed(ChannelHandlerContext ctx) {
    cancelDeadline();
    // Its listeners add whom the rest is for.
    opened.trySuccess(null);
    ctx.pipeline().remove(this);
  }

  private void fail(ChannelHandlerContext ctx, String what) {
    cancelDeadline();
    opened.tryFailure(new ProxyException("the proxy " + proxy + " " + what));
    ctx.close();
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    super.channelInactive(ctx);
    fail(ctx, "hangs up instead of connecting to " + target);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    cancelDeadline();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(ctx, "broke the connection: " + innermost(cause));
  }

  private static String innermost(Throwable cause) {
    Throwable inner = cause;
    while (inner.getCause() != null) {
      inner = inner.getCause();
    }
    return String.valueOf(inner.getMessage());
  }
}

package dev.weft.control.http;

import dev.weft.base.Ip;
import dev.weft.transport.ts2021.Ts2021Peer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Collects one request of a node and hands it over.
final class NodeRequestHandler extends SimpleChannelInboundHandler<Http2StreamFrame> {
  private static final Logger log = LoggerFactory.getLogger(NodeRequestHandler.class);

  private final Ts2021Peer peer;
  private final Handlers handlers;
  private final Limits limits;
  private final @Nullable Ip place;
  private final Executor executor;

  /// How long a request may take to arrive. What has arrived of it takes up room that others need.
  static final int PATIENCE_SECONDS = 30;

  private @Nullable Future<?> deadline;
  private @Nullable Head head;
  private ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final AtomicInteger reserved = new AtomicInteger();
  private boolean handedOver;

  /// @param place where the peer is; null when that is not known
  NodeRequestHandler(
      Ts2021Peer peer, Handlers handlers, Limits limits, @Nullable Ip place, Executor executor) {
    this.peer = peer;
    this.handlers = handlers;
    this.limits = limits;
    this.place = place;
    this.executor = executor;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadline = ctx.executor().schedule(() -> ctx.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Http2StreamFrame frame) {
    if (handedOver) {
      return;
    }
    if (frame instanceof Http2HeadersFrame headers) {
      if ((head != null || begin(ctx, headers.headers())) && headers.isEndStream()) {
        handOver(ctx);
      }
    } else if (frame instanceof Http2DataFrame data) {
      if (append(ctx, data.content()) && data.isEndStream()) {
        handOver(ctx);
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stopDeadline();
    if (!handedOver) {
      release();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A stream that the peer resets is its own business.
    log.trace("stream of {} failed", peer.machine(), cause);
    ctx.close();
  }

  /// Keeps of the headers what is needed.
  private boolean begin(ChannelHandlerContext ctx, Http2Headers headers) {
    head = new Head(text(headers.method()), text(headers.path()));
    return reserve(ctx, head.method.length() + head.path.length());
  }

  private boolean append(ChannelHandlerContext ctx, ByteBuf content) {
    int more = content.readableBytes();
    if (body.size() + more > Limits.MAX_BODY) {
      refuse(ctx, Reply.text(413, "the request is too large"));
      return false;
    }
    if (!reserve(ctx, more)) {
      return false;
    }
    body.writeBytes(ByteBufUtil.getBytes(content));
    return true;
  }

  private boolean reserve(ChannelHandlerContext ctx, int bytes) {
    if (!limits.requests.enter(place, bytes)) {
      refuse(ctx, Reply.text(503, "busy, try again"));
      return false;
    }
    reserved.addAndGet(bytes);
    return true;
  }

  private void refuse(ChannelHandlerContext ctx, Reply reply) {
    handedOver = true;
    stopDeadline();
    release();
    exchange(ctx).reply(reply);
  }

  private void handOver(ChannelHandlerContext ctx) {
    handedOver = true;
    stopDeadline();
    Exchange exchange = exchange(ctx);
    executor.execute(() -> {
      Reply failure = Reply.text(500, "internal error");
      try {
        handlers.inside(exchange);
      } catch (IOException e) {
        // What a peer breaks is its own business.
        log.trace("{} {} broke off", exchange.method(), exchange.path(), e);
      } catch (RuntimeException e) {
        failure = limits.failures.answerTo(exchange.method(), exchange.path(), e);
      } finally {
        release();
        if (!exchange.isAnswered()) {
          exchange.reply(failure);
        }
      }
    });
  }

  private Exchange exchange(ChannelHandlerContext ctx) {
    Http2StreamChannel stream = (Http2StreamChannel) ctx.channel();
    Head asked = head == null ? Head.NONE : head;
    byte[] whole = body.toByteArray();
    // This handler may live as long as a map stream.
    head = null;
    body = new ByteArrayOutputStream(0);
    return new Exchange(peer, asked.method, asked.path, whole, stream, executor, this::release);
  }

  private static String text(@Nullable CharSequence value) {
    return value == null ? "" : value.toString();
  }

  private void stopDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private void release() {
    limits.requests.leave(place, reserved.getAndSet(0));
  }

  private record Head(String method, String path) {
    static final Head NONE = new Head("", "");
  }
}

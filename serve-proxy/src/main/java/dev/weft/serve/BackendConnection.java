package dev.weft.serve;

import dev.weft.serve.http1.BodyReader;
import dev.weft.serve.http1.Fault;
import dev.weft.serve.http1.Framing;
import dev.weft.serve.http1.HeadScanner;
import dev.weft.serve.http1.HeadScanner.TooMuch;
import dev.weft.serve.http1.Parsed;
import dev.weft.serve.http1.ResponseHead;
import dev.weft.serve.http1.ResponseParser;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/// A connection to a backend: idle in the pool, or lent to one [Exchange].
final class BackendConnection extends ChannelInboundHandlerAdapter {
  private enum Phase {
    IDLE,
    HEAD,
    BODY,
    CLOSED
  }

  private final BackendPool pool;
  private final Backend.Origin origin;
  private final InputBuffer in = new InputBuffer();
  private final HeadScanner scanner = new HeadScanner();
  private ChannelHandlerContext ctx;
  private Phase phase = Phase.IDLE;
  private @Nullable Exchange exchange;
  private BodyReader body = new BodyReader(Framing.NONE);
  private boolean keepAlive;
  private boolean processing;
  private boolean wasUsed;
  private boolean isReused;
  private boolean hasAnswered;
  private long idleSince;

  @SuppressWarnings("NullAway.Init") // the pipeline calls handlerAdded before anything else
  BackendConnection(BackendPool pool, Backend.Origin origin) {
    this.pool = pool;
    this.origin = origin;
  }

  Backend.Origin origin() {
    return origin;
  }

  ChannelHandlerContext ctx() {
    return ctx;
  }

  long idleSince() {
    return idleSince;
  }

  boolean isWritable() {
    return ctx.channel().isWritable();
  }

  boolean isUsable() {
    return phase == Phase.IDLE && ctx.channel().isActive();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
    ctx.channel().config().setAutoRead(false);
  }

  /// Lends it to an exchange.
  void begin(Exchange lender) {
    exchange = lender;
    phase = Phase.HEAD;
    isReused = wasUsed;
    wasUsed = true;
    hasAnswered = false;
    ctx.read();
  }

  /// Gives it back. One that cannot take another request is closed.
  void release(boolean reusable) {
    exchange = null;
    if (reusable && in.size() == 0 && ctx.channel().isActive() && phase != Phase.CLOSED) {
      phase = Phase.IDLE;
      in.trim();
      idleSince = ctx.executor().ticker().nanoTime();
      pool.keep(this);
      // An idle connection is read to learn that the backend has closed it.
      ctx.read();
    } else {
      close();
    }
  }

  void close() {
    phase = Phase.CLOSED;
    exchange = null;
    in.release();
    ctx.close();
  }

  /// Ends HTTP on it and hands over what was received beyond.
  ByteBuf leaveHttp() {
    phase = Phase.CLOSED;
    exchange = null;
    pool.forget(this);
    return in.takeAll();
  }

  void readMore() {
    if (phase == Phase.HEAD || phase == Phase.BODY) {
      ctx.read();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    switch (phase) {
      case HEAD, BODY -> in.add(bytes);
      case IDLE -> {
        // Nobody asked for this. It must not become the answer to the next request.
        bytes.release();
        close();
      }
      case CLOSED -> bytes.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    proceed();
    Exchange current = exchange;
    if (current != null) {
      current.flushFront();
      // Flushing may have ended everything, or given it to another request.
      if (current == exchange && current.wantsResponseBytes()) {
        ctx.read();
      }
    } else if (phase == Phase.IDLE) {
      ctx.read();
    }
  }

  private void proceed() {
    if (processing) {
      return;
    }
    processing = true;
    try {
      boolean more = true;
      while (more && exchange != null) {
        more =
            switch (phase) {
              case HEAD -> readHead(exchange);
              case BODY -> readBody(exchange);
              case IDLE, CLOSED -> false;
            };
      }
    } finally {
      processing = false;
    }
    if (phase != Phase.CLOSED) {
      in.trim();
    }
  }

  private boolean readHead(Exchange current) {
    try {
      byte[] bytes = scanner.take(in.bytes());
      if (bytes == null) {
        return false;
      }
      hasAnswered = true;
      return switch (ResponseParser.parse(bytes)) {
        case Parsed.Bad<ResponseHead>(Fault fault) -> broken(current, fault);
        case Parsed.Good<ResponseHead>(ResponseHead head) -> understood(current, head);
      };
    } catch (TooMuch e) {
      return broken(current, e.fault());
    }
  }

  private boolean understood(Exchange current, ResponseHead head) {
    if (head.isInterim()) {
      return current.interim(head);
    }
    Framing framing = head.bodyFor(current.request());
    body = new BodyReader(framing);
    keepAlive = head.keepAlive();
    phase = Phase.BODY;
    current.responseHead(head, framing);
    return true;
  }

  private boolean readBody(Exchange current) {
    return switch (body.read(in.bytes(), current::responseData)) {
      case PARTIAL -> false;
      case BROKEN -> broken(current, body.fault());
      case COMPLETE -> {
        current.responseEnd(body.trailer(), keepAlive);
        yield false;
      }
    };
  }

  private static boolean broken(Exchange current, Fault fault) {
    current.broken(fault.reason());
    return false;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.handleBackendWritability();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Phase ended = phase;
    Exchange current = exchange;
    phase = Phase.CLOSED;
    exchange = null;
    pool.forget(this);
    in.release();
    if (current == null) {
      return;
    }
    if (ended == Phase.BODY && body.isCompleteAtClose()) {
      current.responseEnd(null, false);
    } else {
      current.backendClosed(isReused, hasAnswered);
    }
  }

  @Override
  @SuppressWarnings("deprecation") // of ChannelHandler, not of ChannelInboundHandler
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // Mostly a reset. A body that would have ended with the connection is then not complete.
    Exchange current = exchange;
    close();
    if (current != null) {
      current.backendClosed(isReused, hasAnswered);
    }
  }
}

package dev.weft.serve;

import dev.weft.node.Caller;
import dev.weft.serve.Router.Route;
import dev.weft.serve.http1.Fault;
import dev.weft.serve.http1.HeadScanner;
import dev.weft.serve.http1.HeadScanner.TooMuch;
import dev.weft.serve.http1.Parsed;
import dev.weft.serve.http1.RequestHead;
import dev.weft.serve.http1.RequestParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A client's connection: one request after the other, each answered here or handed to an
/// [Exchange].
///
/// Reads only when somebody has room for what may come. While an exchange runs one read stays open,
/// so that a client that goes away is noticed; what a pipelining client sends meanwhile waits, a
/// little of it in memory and the rest in its own.
final class FrontConnection extends ChannelInboundHandlerAdapter {
  /// What may wait in `in` while it is nobody's turn.
  private static final int MAX_WAITING = 64 << 10;

  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 << 10, 256 << 10);
  private static final Duration LINGER = Duration.ofSeconds(2);
  private static final int MAX_LINGER = 1 << 20;
  private static final byte[] NO_IDENTITY = {};

  private enum Phase {
    HEAD,
    EXCHANGE,
    /// The last response is written; what the client still sends is dropped until it has read that
    /// response.
    LINGERING,
    CLOSED
  }

  private final ProxyContext context;
  private final InetSocketAddress local;
  private final InetSocketAddress remote;
  private final InputBuffer in = new InputBuffer();
  private final HeadScanner scanner = new HeadScanner();
  private ChannelHandlerContext ctx;
  private Deadline deadline;
  private Phase phase = Phase.HEAD;
  private @Nullable Exchange exchange;
  private boolean processing;
  private boolean headStarted;
  private int lingered;
  private long pendingAtDeadline = -1;
  private Optional<Caller> lastCaller = Optional.empty();
  private byte[] lastIdentity = NO_IDENTITY;

  /// @param local the own address that the client dialled; its port chooses what is served
  @SuppressWarnings("NullAway.Init") // the pipeline calls handlerAdded before anything else
  FrontConnection(ProxyContext context, InetSocketAddress local, InetSocketAddress remote) {
    this.context = context;
    this.local = local;
    this.remote = remote;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
    deadline = new Deadline(ctx.executor(), this::expired);
    ctx.channel().config().setAutoRead(false);
    ctx.channel().config().setWriteBufferWaterMark(WATER_MARK);
    if (ctx.channel().isActive()) {
      begin();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    begin();
  }

  private void begin() {
    deadline.set(context.timeouts().idle());
    ctx.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (phase == Phase.LINGERING || phase == Phase.CLOSED) {
      lingered += bytes.readableBytes();
      bytes.release();
      return;
    }
    in.add(bytes);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (phase == Phase.LINGERING) {
      if (lingered > MAX_LINGER) {
        ctx.close();
      } else {
        ctx.read();
      }
      return;
    }
    proceed();
  }

  /// Does all that can be done now, and asks for more bytes where they would be of use.
  void proceed() {
    if (processing) {
      return;
    }
    processing = true;
    try {
      while (phase == Phase.HEAD && nextRequest()) {
        // Each round answers one request, or starts an exchange and leaves the phase.
      }
      if (exchange != null) {
        exchange.handleRequestBytes();
      }
    } finally {
      processing = false;
    }
    in.trim();
    if (phase == Phase.CLOSED) {
      return;
    }
    ctx.flush();
    if (phase != Phase.EXCHANGE || exchange == null || exchange.wantsRequestBytes()) {
      ctx.read();
    }
  }

  InputBuffer input() {
    return in;
  }

  boolean hasRoom() {
    return in.size() < MAX_WAITING;
  }

  private boolean nextRequest() {
    if (in.size() == 0) {
      headStarted = false;
      deadline.set(context.timeouts().idle());
      return false;
    }
    try {
      byte[] head = scanner.take(in.bytes());
      if (head == null) {
        if (!headStarted) {
          headStarted = true;
          deadline.set(context.timeouts().head());
        }
        return false;
      }
      headStarted = false;
      return switch (RequestParser.parse(head)) {
        case Parsed.Bad<RequestHead>(Fault fault) -> refuse(fault);
        case Parsed.Good<RequestHead>(RequestHead request) -> dispatch(request);
      };
    } catch (TooMuch e) {
      return refuse(e.fault());
    }
  }

  private boolean refuse(Fault fault) {
    // Where one message ends unclear, the next begins unclear: nothing more is read from this
    // client.
    respond(LocalResponse.refusal(fault), true, false, false);
    return false;
  }

  private boolean dispatch(RequestHead request) {
    Route route =
        context.router().get().route(request, local.getPort(), "", context.magicDnsSuffix().get());
    LocalResponse response =
        switch (route) {
          case Route.Proxy(Backend backend, String rest) -> {
            start(
                new Exchange(
                    context, this, request, backend, backend.target(rest, request.query())));
            yield null;
          }
          case Route.Text(String body) -> LocalResponse.text(body);
          case Route.Redirect(int status, String location) ->
              LocalResponse.redirect(status, location);
          case Route.NotFound() -> LocalResponse.notFound();
          case Route.Unserved(String why) -> LocalResponse.problem(500, why);
        };
    // An exchange that could not even start is over by now.
    return response == null ? phase == Phase.HEAD : answer(request, response);
  }

  private void start(Exchange next) {
    phase = Phase.EXCHANGE;
    exchange = next;
    next.start();
  }

  /// Answers a request whose body, if it has one, nobody will read. Returns whether the connection
  /// goes on.
  private boolean answer(RequestHead request, LocalResponse response) {
    boolean keepAlive = request.keepAlive() && !request.hasBody();
    respond(response, request.isHttp11(), keepAlive, request.isHead());
    return keepAlive;
  }

  private void respond(
      LocalResponse response, boolean isHttp11, boolean keepAlive, boolean isHead) {
    ctx.write(response.encode(ctx.alloc(), isHttp11, keepAlive, isHead));
    if (!keepAlive) {
      linger();
    }
  }

  /// Ends a connection so that the client gets to read the last response: closing with bytes unread
  /// would reset it.
  private void linger() {
    phase = Phase.LINGERING;
    in.release();
    deadline.set(context.timeouts().stalled());
    ChannelFuture written = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
    if (ctx.channel() instanceof DuplexChannel duplex) {
      written.addListener(_ -> {
        deadline.set(LINGER);
        duplex.shutdownOutput();
      });
      ctx.read();
    } else {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  // What an exchange asks for.

  ChannelHandlerContext ctx() {
    return ctx;
  }

  InetSocketAddress remote() {
    return remote;
  }

  Deadline deadline() {
    return deadline;
  }

  boolean isWritable() {
    return ctx.channel().isWritable();
  }

  byte[] identity() {
    Optional<Caller> caller = context.whois().apply(remote);
    if (!caller.equals(lastCaller)) {
      lastCaller = caller;
      lastIdentity = IdentityHeaders.of(caller);
    }
    return lastIdentity;
  }

  /// The exchange has written a whole response.
  void exchangeEnded(boolean keepAlive) {
    exchange = null;
    if (keepAlive) {
      phase = Phase.HEAD;
      deadline.set(context.timeouts().idle());
      proceed();
    } else {
      linger();
    }
  }

  /// The exchange has written nothing and cannot.
  void exchangeFailed(RequestHead request, LocalResponse response) {
    exchange = null;
    phase = Phase.HEAD;
    if (answer(request, response)) {
      proceed();
    } else {
      ctx.flush();
    }
  }

  /// The response is cut off: the client must not take it for complete.
  void abort() {
    exchange = null;
    phase = Phase.CLOSED;
    ctx.close();
  }

  /// HTTP is over on this connection; it and the backend's carry each other's bytes from now on.
  void becomeTunnel(ChannelHandlerContext backend, ByteBuf fromBackend) {
    phase = Phase.CLOSED;
    exchange = null;
    deadline.cancel();
    Relay.join(ctx, in.takeAll(), backend, fromBackend);
  }

  private void expired() {
    switch (phase) {
      case HEAD -> {
        if (headStarted) {
          respond(
              LocalResponse.problem(408, "The request took too long to arrive."),
              true,
              false,
              false);
        } else if (!isStillTaking()) {
          ctx.close();
        }
      }
      case EXCHANGE -> {
        if (exchange != null && !(exchange.isResponding() && isStillTaking())) {
          exchange.expired();
        }
      }
      case LINGERING -> {
        if (!isStillTaking()) {
          ctx.close();
        }
      }
      case CLOSED -> ctx.close();
    }
  }

  /// A slow client that takes something of what is written is not a dead one.
  private boolean isStillTaking() {
    ChannelOutboundBuffer written = ctx.channel().unsafe().outboundBuffer();
    long pending = written == null ? 0 : written.totalPendingWriteBytes();
    boolean moved = pending > 0 && pending != pendingAtDeadline;
    pendingAtDeadline = pending;
    if (moved) {
      deadline.set(context.timeouts().stalled());
    }
    return moved;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.handleFrontWritability();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.frontClosed();
      exchange = null;
    }
    phase = Phase.CLOSED;
    in.release();
    deadline.cancel();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    in.release();
    deadline.cancel();
  }

  @Override
  @SuppressWarnings("deprecation") // of ChannelHandler, not of ChannelInboundHandler
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset connection comes here; whatever else it was, only this connection has to go.
    ctx.close();
  }
}

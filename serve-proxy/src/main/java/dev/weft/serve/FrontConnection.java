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
import io.netty.channel.ChannelOption;
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

  /// In the phase HEAD: what the deadline is for.
  private enum Wait {
    NOBODY,
    /// For the next request, whenever it comes.
    IDLE,
    /// For the rest of a head.
    HEAD,
    /// For the client to take the answers it has.
    CLIENT
  }

  private final ProxyContext context;
  private final InetSocketAddress local;
  private final InetSocketAddress remote;
  private final InputBuffer in = new InputBuffer();
  private final HeadScanner scanner = new HeadScanner();
  private ChannelHandlerContext ctx;
  private Deadline deadline;
  private Uptake uptake;
  private Phase phase = Phase.HEAD;
  private Wait waiting = Wait.NOBODY;
  private @Nullable Exchange exchange;
  private boolean processing;
  private boolean headStarted;
  private boolean blocked;
  private int lingered;
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
    uptake = new Uptake(ctx, context.buffers());
    ctx.channel().config().setAutoRead(false);
    context.buffers().join(ctx.channel());
    if (ctx.channel().isActive()) {
      begin();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    begin();
  }

  private void begin() {
    arm();
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
      do {
        blocked = false;
        while (phase == Phase.HEAD && nextRequest()) {
          // Each round answers one request, or starts an exchange and leaves the phase.
        }
        if (exchange != null) {
          exchange.handleRequestBytes();
        }
        ctx.flush();
      } while (phase == Phase.HEAD && blocked && isWritable());
    } finally {
      processing = false;
    }
    in.trim();
    if (phase == Phase.HEAD) {
      arm();
    }
    if (wantsBytes()) {
      ctx.read();
    }
  }

  private boolean wantsBytes() {
    return switch (phase) {
      case HEAD -> !blocked;
      case EXCHANGE -> exchange == null || exchange.wantsRequestBytes();
      case LINGERING -> true;
      case CLOSED -> false;
    };
  }

  /// Sets the deadline between requests. What comes does not renew it, only what it waits for.
  private void arm() {
    Wait before = waiting;
    waiting = headStarted ? Wait.HEAD : uptake.isOwing() ? Wait.CLIENT : Wait.IDLE;
    if (waiting == before) {
      return;
    }
    Timeouts timeouts = context.timeouts();
    switch (waiting) {
      case NOBODY -> {}
      case HEAD -> deadline.set(timeouts.head());
      case IDLE -> deadline.set(timeouts.idle());
      case CLIENT -> {
        uptake.beginWindow();
        deadline.set(timeouts.stalled());
      }
    }
  }

  InputBuffer input() {
    return in;
  }

  /// Whether more may wait in `in` while it is nobody's turn.
  boolean hasRoom() {
    return in.size() < context.buffers().largestRead();
  }

  private boolean nextRequest() {
    if (!isWritable()) {
      // One who asks and does not listen is not answered without end.
      blocked = true;
      return false;
    }
    if (in.size() == 0) {
      headStarted = false;
      return false;
    }
    try {
      byte[] head = scanner.take(in.bytes());
      headStarted = head == null;
      if (head == null) {
        return in.size() > context.buffers().largestHead() && refuse(Fault.HEAD_TOO_LARGE);
      }
      waiting = Wait.NOBODY;
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
    waiting = Wait.NOBODY;
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
    uptake.write(response.encode(ctx.alloc(), isHttp11, keepAlive, isHead));
    if (!keepAlive) {
      linger();
    }
  }

  /// Ends a connection so that the client gets to read the last response: closing with bytes unread
  /// would reset it.
  private void linger() {
    phase = Phase.LINGERING;
    in.release();
    uptake.beginWindow();
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

  Uptake uptake() {
    return uptake;
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
    reset();
  }

  /// Ends the connection without its turn of words: behind an orderly end would stand what was
  /// written before, in memory until the client takes it, and one who read a part of a response
  /// without a length would take that for the whole.
  private void reset() {
    ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
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
      case HEAD -> expiredBetweenRequests();
      case EXCHANGE -> {
        if (exchange != null) {
          exchange.expired();
        }
      }
      case LINGERING -> closeUnlessTaking();
      case CLOSED -> ctx.close();
    }
  }

  private void expiredBetweenRequests() {
    switch (waiting) {
      case NOBODY, IDLE -> ctx.close();
      case HEAD ->
          respond(
              LocalResponse.problem(408, "The request took too long to arrive."),
              true,
              false,
              false);
      case CLIENT -> {
        if (uptake.isOwing()) {
          closeUnlessTaking();
        } else {
          arm();
        }
      }
    }
  }

  private void closeUnlessTaking() {
    if (uptake.isOwing() && uptake.isEnough()) {
      deadline.set(context.timeouts().stalled());
    } else if (uptake.isOwing()) {
      reset();
    } else {
      ctx.close();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.handleFrontWritability();
    } else if (phase == Phase.HEAD && blocked && isWritable()) {
      proceed();
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

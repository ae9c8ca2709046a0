package dev.weft.serve;

import dev.weft.serve.http1.BodyReader;
import dev.weft.serve.http1.BodyReader.Progress;
import dev.weft.serve.http1.Fault;
import dev.weft.serve.http1.FieldName;
import dev.weft.serve.http1.Fields;
import dev.weft.serve.http1.Framing;
import dev.weft.serve.http1.RequestHead;
import dev.weft.serve.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One request and its response, between a client's connection and a backend's, on one event loop.
///
/// Bytes flow as the slower side takes them: a side is read only while the other is writable.
/// Either side may end it at any time; then the other is ended too, so that nobody takes half a
/// message for a whole one.
final class Exchange {
  private static final ByteBuf CONTINUE =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer("HTTP/1.1 100 Continue\r\n\r\n", StandardCharsets.US_ASCII)
              .asReadOnly());

  /// The official node's proxy stops at five.
  private static final int MAX_INTERIM = 16;

  /// Who has to do something next.
  private enum Wait {
    NOBODY,
    /// The client may be told to send its body.
    CONTINUE,
    BODY,
    RESPONSE,
    CLIENT
  }

  private final ProxyContext context;
  private final FrontConnection front;
  private final RequestHead request;
  private final Backend backend;
  private final String target;
  private final BodyReader requestBody;
  private final Pace bodyPace = Pace.ofSender();
  private Wait waiting = Wait.NOBODY;
  private long bodyBytes;
  private @Nullable BackendConnection connection;
  private boolean requestSent;
  private boolean awaitingContinue;
  private boolean continueSent;
  private boolean responding;
  private boolean keepAlive;
  private boolean ended;
  private boolean retried;
  private int interims;
  private Framing clientFraming = Framing.NONE;

  Exchange(
      ProxyContext context,
      FrontConnection front,
      RequestHead request,
      Backend backend,
      String target) {
    this.context = context;
    this.front = front;
    this.request = request;
    this.backend = backend;
    this.target = target;
    this.requestBody = new BodyReader(request.framing());
    this.requestSent = !request.hasBody();
    this.awaitingContinue = request.expectsContinue() && request.hasBody();
  }

  RequestHead request() {
    return request;
  }

  void start() {
    front.deadline().clear();
    context.pool().acquire(backend.origin(), this, front.ctx().channel().eventLoop());
  }

  // From the pool.

  void connected(BackendConnection acquired) {
    if (ended) {
      acquired.release(true);
      return;
    }
    connection = acquired;
    acquired.begin(this);
    acquired
        .ctx()
        .write(
            Heads.request(
                acquired.ctx().alloc(),
                request,
                backend,
                target,
                front.remote(),
                false,
                front.identity()));
    acquired.ctx().flush();
    updateDeadline();
    front.proceed();
  }

  void unreachable(String why, int status) {
    if (!ended) {
      fail(status, why);
    }
  }

  // From the client.

  /// Passes on what has come of the request's body.
  void handleRequestBytes() {
    if (connection == null || requestSent || awaitingContinue || ended) {
      return;
    }
    ChannelHandlerContext out = connection.ctx();
    boolean chunked = request.framing() instanceof Framing.Chunked;
    Progress progress =
        requestBody.read(
            front.input().bytes(),
            data -> {
              bodyBytes += data.readableBytes();
              if (chunked) {
                ChunkWriter.write(out, data);
              } else {
                out.write(data);
              }
            });
    switch (progress) {
      case PARTIAL -> {}
      case COMPLETE -> {
        requestSent = true;
        if (chunked) {
          out.write(Heads.lastChunk(out.alloc(), requestBody.trailer()));
        }
      }
      case BROKEN -> {
        brokenRequest(requestBody.fault());
        return;
      }
    }
    out.flush();
    updateDeadline();
  }

  private void brokenRequest(Fault fault) {
    // The backend has part of a message: its connection is of no more use.
    dropBackend();
    ended = true;
    if (responding) {
      front.abort();
    } else {
      front.exchangeFailed(request, LocalResponse.refusal(fault));
    }
  }

  /// Whether the client's connection should be read.
  boolean wantsRequestBytes() {
    if (connection == null || requestSent || awaitingContinue) {
      return front.hasRoom();
    }
    return connection.isWritable();
  }

  void handleFrontWritability() {
    if (connection != null && front.isWritable()) {
      connection.readMore();
    }
    updateDeadline();
  }

  void frontClosed() {
    ended = true;
    dropBackend();
  }

  void expired() {
    switch (waiting) {
      case NOBODY -> {}
      case CONTINUE -> goOn();
      case BODY -> {
        if (bodyPace.isKept(bodyBytes, context.buffers().isScarce())) {
          front.deadline().set(context.timeouts().requestBody());
        } else {
          fail(408, "The request took too long to arrive.");
        }
      }
      case CLIENT -> {
        if (front.uptake().isEnough()) {
          front.deadline().set(context.timeouts().stalled());
        } else {
          ended = true;
          dropBackend();
          front.abort();
        }
      }
      case RESPONSE ->
          fail(
              504,
              "The program behind this address did not answer within %d seconds."
                  .formatted(context.timeouts().response().toSeconds()));
    }
  }

  // From the backend.

  void handleBackendWritability() {
    updateDeadline();
    front.proceed();
  }

  /// Returns whether the backend's connection still speaks HTTP with us.
  boolean interim(ResponseHead head) {
    if (head.status() == 101) {
      return switchProtocols(head);
    }
    if (++interims > MAX_INTERIM) {
      broken("it sent too many interim responses");
      return false;
    }
    if (head.status() == 100) {
      if (awaitingContinue) {
        goOn();
      }
    } else if (request.isHttp11()) {
      front.uptake().write(Heads.interim(front.ctx().alloc(), head));
    }
    return true;
  }

  /// The client may send its body now.
  private void goOn() {
    awaitingContinue = false;
    if (!continueSent) {
      continueSent = true;
      front.ctx().writeAndFlush(CONTINUE.duplicate());
    }
    updateDeadline();
    front.proceed();
  }

  private boolean switchProtocols(ResponseHead head) {
    String granted = head.fields().first(FieldName.UPGRADE);
    BackendConnection acquired = connection;
    boolean asked = request.upgrade() != null && !request.hasBody();
    if (!asked
        || granted == null
        || !granted.equalsIgnoreCase(request.upgrade())
        || acquired == null) {
      broken("it switched to a protocol that nobody asked for");
      return false;
    }
    ended = true;
    front.uptake().write(Heads.switching(front.ctx().alloc(), head, granted));
    connection = null;
    front.becomeTunnel(acquired.ctx(), acquired.leaveHttp());
    return false;
  }

  void responseHead(ResponseHead head, Framing framing) {
    responding = true;
    clientFraming =
        switch (framing) {
          case Framing.None none -> none;
          case Framing.Length length -> length;
          case Framing.Chunked(), Framing.UntilClose() ->
              request.isHttp11() ? Framing.CHUNKED : Framing.UNTIL_CLOSE;
        };
    // A body that is still on its way when the answer comes will not be waited for.
    keepAlive =
        request.keepAlive() && requestSent && !(clientFraming instanceof Framing.UntilClose);
    front
        .uptake()
        .write(Heads.response(front.ctx().alloc(), head, request, clientFraming, keepAlive));
    updateDeadline();
  }

  void responseData(ByteBuf data) {
    if (clientFraming instanceof Framing.Chunked) {
      front.uptake().writeChunk(data);
    } else {
      front.uptake().write(data);
    }
  }

  /// @param reusable the backend's connection can take another request
  void responseEnd(@Nullable Fields trailer, boolean reusable) {
    if (clientFraming instanceof Framing.Chunked) {
      front.uptake().write(Heads.lastChunk(front.ctx().alloc(), trailer));
    }
    ended = true;
    BackendConnection used = connection;
    connection = null;
    if (used != null) {
      used.release(reusable && requestSent);
    }
    front.exchangeEnded(keepAlive);
  }

  /// Whether the backend's connection should be read.
  boolean wantsResponseBytes() {
    return !ended && front.isWritable();
  }

  void flushFront() {
    if (!ended) {
      front.ctx().flush();
      updateDeadline();
    }
  }

  /// The backend closed its connection before the response was whole.
  void backendClosed(boolean wasReused, boolean hasAnswered) {
    connection = null;
    if (ended) {
      return;
    }
    // A kept connection may be closed just as it is used again (RFC 9112 §9.3.1): that is no
    // failure of the request.
    if (wasReused && !hasAnswered && !retried && !request.hasBody() && request.isIdempotent()) {
      retried = true;
      context.pool().dial(backend.origin(), this, front.ctx().channel().eventLoop());
      return;
    }
    broken("it closed the connection before its response was complete");
  }

  /// What the backend sent cannot be passed on.
  void broken(String how) {
    if (ended) {
      return;
    }
    if (responding) {
      ended = true;
      dropBackend();
      front.abort();
    } else {
      fail(502, "The program behind this address did not answer properly: %s.".formatted(how));
    }
  }

  private void fail(int status, String explanation) {
    ended = true;
    dropBackend();
    front.exchangeFailed(request, LocalResponse.problem(status, explanation));
  }

  private void dropBackend() {
    BackendConnection dropped = connection;
    connection = null;
    if (dropped != null) {
      dropped.release(false);
    }
  }

  private void updateDeadline() {
    if (ended) {
      return;
    }
    Wait before = waiting;
    waiting = waitsFor();
    Timeouts timeouts = context.timeouts();
    Deadline deadline = front.deadline();
    switch (waiting) {
      case NOBODY -> deadline.clear();
      case CONTINUE -> deadline.set(timeouts.expectContinue());
      case BODY -> {
        // A window is over when it is over, whatever comes in it.
        if (before != Wait.BODY) {
          bodyPace.begin(bodyBytes);
          deadline.set(timeouts.requestBody());
        }
      }
      case CLIENT -> {
        if (before != Wait.CLIENT) {
          front.uptake().beginWindow();
          deadline.set(timeouts.stalled());
        }
      }
      case RESPONSE -> deadline.set(timeouts.response());
    }
  }

  private Wait waitsFor() {
    if (responding) {
      return front.isWritable() ? Wait.NOBODY : Wait.CLIENT;
    }
    if (connection == null) {
      return Wait.NOBODY;
    }
    if (awaitingContinue) {
      return Wait.CONTINUE;
    }
    return !requestSent && connection.isWritable() ? Wait.BODY : Wait.RESPONSE;
  }

  @Override
  public String toString() {
    return (request.method() + " to " + backend.configured()).toLowerCase(Locale.ROOT);
  }
}

package dev.weft.runtime.localapi;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weft.tailcfg.CapabilityVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client's connection: takes requests in order, has each answered on a virtual thread, writes
/// the answers.
final class Connection extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger log = LoggerFactory.getLogger(Connection.class);
  private static final int MAX_PENDING = 2; // requests sent ahead; no known client sends any
  private static final long IDLE_SECONDS = 120; // longer than clients keep an unused connection
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; frame-ancestors 'none'; script-src 'none'; script-src-elem 'none'; script-src-attr 'none'";

  private final LocalApi api;
  private final LocalBackend backend;
  private final Supplier<Access> access;
  private final ArrayDeque<FullHttpRequest> pending = new ArrayDeque<>();
  private @Nullable Thread answering;
  private @Nullable ScheduledFuture<?> idle;

  Connection(LocalApi api, LocalBackend backend, Supplier<Access> access) {
    this.api = api;
    this.backend = backend;
    this.access = access;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    awaitRequest(context);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    if (pending.size() == MAX_PENDING) {
      context.close();
      return;
    }
    pending.add(request.retain());
    if (answering == null) {
      answerNext(context);
    }
  }

  private void answerNext(ChannelHandlerContext context) {
    FullHttpRequest request = pending.poll();
    if (request == null) {
      awaitRequest(context);
      return;
    }
    if (idle != null) {
      idle.cancel(false);
    }
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    Request decoded;
    try {
      if (!request.decoderResult().isSuccess()) {
        context.close();
        return;
      }
      decoded = decode(request);
    } catch (IllegalArgumentException _) { // a broken percent escape
      respond(context.channel(), Answer.text(Answer.BAD_REQUEST, "bad request"), false);
      return;
    } finally {
      request.release();
    }
    answering =
        Thread.ofVirtual().name("localapi").start(() -> answer(context, decoded, keepAlive));
  }

  private void awaitRequest(ChannelHandlerContext context) {
    idle = context.executor().schedule(() -> context.close(), IDLE_SECONDS, TimeUnit.SECONDS);
  }

  static Request decode(FullHttpRequest request) {
    QueryStringDecoder uri = new QueryStringDecoder(request.uri());
    Map<String, String> headers = new HashMap<>(); // for look-ups only
    for (Map.Entry<String, String> header : request.headers()) {
      headers.merge(
          header.getKey().toLowerCase(Locale.ROOT), header.getValue(), (a, b) -> a + ", " + b);
    }
    return new Request(
        request.method().name(),
        uri.path(),
        uri.parameters(),
        headers,
        request.content().toString(UTF_8));
  }

  /// On the virtual thread of the request.
  private void answer(ChannelHandlerContext context, Request request, boolean keepAlive) {
    Channel channel = context.channel();
    try {
      switch (api.answer(request, access.get())) {
        case Answer.Full full -> {
          respond(channel, full, keepAlive);
          if (keepAlive) {
            context.executor().execute(() -> finished(context));
          }
        }
        case Answer.Events events -> stream(channel, events);
        case Answer.Dial dial -> upgrade(context, dial);
        case Answer.Capture _ -> capture(channel);
      }
    } catch (InterruptedException _) { // the client is gone
      channel.close();
    } catch (RuntimeException e) { // a bug of ours: the client gets an answer and the log the cause
      log.error("LocalAPI {} {} failed", request.method(), request.path(), e);
      respond(channel, Answer.text(Answer.INTERNAL_SERVER_ERROR, "internal error"), false);
    }
  }

  private void finished(ChannelHandlerContext context) {
    answering = null;
    answerNext(context);
  }

  private void respond(Channel channel, Answer.Full answer, boolean keepAlive) {
    ByteBuf body = Unpooled.copiedBuffer(answer.body(), UTF_8);
    HttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), body);
    addCommonHeaders(response);
    HttpHeaders headers = response.headers();
    answer.headers().forEach(headers::set);
    if (!answer.contentType().isEmpty()) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
    }
    if (answer.status() != Answer.NO_CONTENT) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    }
    if (!keepAlive) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    ChannelFuture written = channel.writeAndFlush(response);
    if (!keepAlive) {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void addCommonHeaders(HttpResponse response) {
    response
        .headers()
        .set("Tailscale-Version", backend.version())
        .set("Tailscale-Cap", CapabilityVersion.CURRENT)
        .set("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        .set("X-Frame-Options", "DENY")
        .set("X-Content-Type-Options", "nosniff")
        .set(
            HttpHeaderNames.DATE,
            DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)));
  }

  private void stream(Channel channel, Answer.Events events) throws InterruptedException {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    addCommonHeaders(head);
    head.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
        .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    channel.writeAndFlush(head);
    new EventStream(channel, backend.version()).run(backend, events.options());
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /// Until the client closes the connection, which interrupts this thread.
  private void capture(Channel channel) throws InterruptedException {
    CaptureStream packets = new CaptureStream(channel);
    LocalBackend.Capture capture;
    try {
      capture = backend.capture(packets);
    } catch (BackendException e) {
      respond(channel, Answer.text(Answer.SERVICE_UNAVAILABLE, e.getMessage()), false);
      return;
    }
    try (capture) {
      HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
      addCommonHeaders(head);
      head.headers()
          .set(HttpHeaderNames.CONTENT_TYPE, "application/vnd.tcpdump.pcap")
          .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
      channel.writeAndFlush(head);
      packets.begin();
      capture.start();
      channel.closeFuture().sync();
    } finally {
      packets.ended();
    }
  }

  private void upgrade(ChannelHandlerContext context, Answer.Dial dial)
      throws InterruptedException {
    Channel client = context.channel();
    Channel destination;
    try {
      destination = DialUpgrade.dial(backend, dial, client.eventLoop());
    } catch (BackendException e) {
      respond(client, Answer.text(Answer.BAD_GATEWAY, e.getMessage()), false);
      return;
    }
    HttpResponse switching =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
    addCommonHeaders(switching);
    switching
        .headers()
        .set(HttpHeaderNames.UPGRADE, DialUpgrade.PROTOCOL)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    client.eventLoop().execute(() -> HttpPipeline.becomeRelay(client, switching, destination));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (idle != null) {
      idle.cancel(false);
    }
    pending.forEach(FullHttpRequest::release);
    pending.clear();
    if (answering != null) {
      answering.interrupt(); // a ping that waits, a watch
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.debug("LocalAPI connection closed: {}", cause.toString());
    context.close();
  }
}

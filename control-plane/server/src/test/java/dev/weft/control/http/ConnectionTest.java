package dev.weft.control.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.testkit.SeededEntropy;
import dev.weft.transport.ts2021.Ts2021ClientHandler;
import dev.weft.ts2021.ClientHandshake;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// A node's connection through time.
final class ConnectionTest {
  private static final int CAP = 113;

  /// Of the method and the path.
  private static final int HEAD = "POST/x".length();

  private final Entropy entropy = new SeededEntropy(7)::fill;
  private final MachinePrivateKey key = MachinePrivateKey.generate(entropy);
  private final Limits limits = new Limits();
  private final Deque<Runnable> requests = new ArrayDeque<>();
  private final Deque<Exchange> asked = new ArrayDeque<>();
  private final EmbeddedChannel server =
      new EmbeddedChannel(
          new ConnectionInitializer(
              null, key, entropy, new Remembering(), TrustedProxies.NONE, limits, requests::add));
  private final EmbeddedChannel client = new EmbeddedChannel();

  private Consumer<Exchange> answer = _ -> {};

  /// What the client takes of an answer before it says more.
  private int window = 65_535;

  @Test
  void aNodeThatVanishedLosesItsConnection() {
    connect();
    pass(Liveness.PERIOD_SECONDS + 1);
    assertTrue(server.isOpen());
    pass(Liveness.PERIOD_SECONDS);
    assertFalse(server.isOpen());
  }

  @Test
  void aNodeThatAnswersKeepsItsConnectionUntilItHasLongAskedNothing() {
    connect();
    for (int i = 0; i < Liveness.MAX_IDLE_PERIODS; i++) {
      pass(Liveness.PERIOD_SECONDS);
      pump();
      assertTrue(server.isOpen());
    }
    pass(Liveness.PERIOD_SECONDS);
    assertFalse(server.isOpen());
  }

  @Test
  void aNodeWhoseRequestIsBeingAnsweredIsNotIdle() throws Exception {
    connect();
    request(10, true);
    for (int i = 0; i < 2 * Liveness.MAX_IDLE_PERIODS; i++) {
      pass(Liveness.PERIOD_SECONDS);
      pump();
    }
    assertTrue(server.isOpen());
  }

  @Test
  void aRequestThatIsNeverFinishedIsGivenUpWithWhatItTook() throws Exception {
    connect();
    Http2StreamChannel stream = request(1000, false);
    assertEquals(HEAD + 1000, limits.requests.count());
    pass(NodeRequestHandler.PATIENCE_SECONDS + 1);
    pump();
    assertFalse(stream.isOpen());
    assertEquals(0, limits.requests.count());
    assertTrue(server.isOpen());
  }

  @Test
  void aBodyThatIsNotNeededAnyMoreTakesNoRoomWhileTheAnswerLasts() throws Exception {
    connect();
    request(1000, true);
    assertEquals(HEAD + 1000, limits.requests.count());
    requests.remove().run();
    Exchange exchange = asked.remove();
    assertEquals(0, limits.requests.count());
    assertEquals(0, exchange.body().length);
  }

  @Test
  void aPeerThatTakesNoAnswerLosesItsStreamAndKeepsNothing() throws Exception {
    window = 0;
    connect();
    Http2StreamChannel stream = request(1000, true);
    answer = exchange -> exchange.reply(Reply.text(200, "what nobody reads"));
    requests.remove().run();
    pump();
    pass(AnswerDeadline.SECONDS - 1);
    pump();
    assertTrue(stream.isOpen());
    pass(2);
    pump();
    assertFalse(stream.isOpen());
    assertEquals(0, limits.requests.count());
    assertTrue(server.isOpen());
  }

  @Test
  void aStreamThatIsEndedWithPartsUntakenIsBrokenOff() throws Exception {
    window = 0;
    connect();
    Http2StreamChannel stream = request(10, true);
    answer =
        exchange -> {
          exchange.begin();
          exchange.sendLater(new byte[100_000], () -> {});
          // As for a map stream that another one replaces.
          exchange.finish();
        };
    requests.remove().run();
    pump();
    assertTrue(stream.isOpen());
    pass(AnswerDeadline.SECONDS + 1);
    pump();
    assertFalse(stream.isOpen());
  }

  @Test
  void aPeerThatDoesNotEndARefusedRequestLosesItsStream() throws Exception {
    connect();
    Http2StreamChannel stream = request(Limits.MAX_BODY + 1, false);
    assertTrue(stream.isOpen());
    assertEquals(0, limits.requests.count());
    pass(AnswerDeadline.SECONDS + 1);
    pump();
    assertFalse(stream.isOpen());
  }

  @Test
  void aStreamWhoseAnswerIsTakenIsClosedAtOnceAndItsPlaceFree() throws Exception {
    connect();
    request(10, true);
    answer = exchange -> exchange.reply(Reply.text(200, "ok"));
    requests.remove().run();
    pump();
    int others = 0;
    while (limits.streams.enter((Ip) null)) {
      others++;
    }
    assertEquals(Limits.MAX_STREAMS, others);
  }

  @Test
  void onePlaceCannotTakeTheRoomOfAllRequests() {
    Ip stranger = Ip.parse("203.0.113.7");
    while (limits.requests.enter(stranger, Limits.MAX_BODY)) {}
    assertEquals(Limits.MAX_REQUESTS_OF_A_PLACE, limits.requests.count());
    assertTrue(limits.requests.enter(Ip.parse("198.51.100.1"), Limits.MAX_BODY));
  }

  /// The room of a request is its place's: what a stranger begins and never ends is counted there.
  @Test
  void aRequestTakesTheRoomOfItsPlace() throws Exception {
    server.attr(AttributeKey.<Ip>valueOf(ClientAddress.class, "ip")).set(Ip.parse("203.0.113.7"));
    connect();
    request(1000, false);
    assertFalse(
        limits.requests.enter(
            Ip.parse("203.0.113.7"), Limits.MAX_REQUESTS_OF_A_PLACE - HEAD - 999));
    assertTrue(
        limits.requests.enter(
            Ip.parse("203.0.113.7"), Limits.MAX_REQUESTS_OF_A_PLACE - HEAD - 1000));
  }

  @Test
  void aStreamBeyondTheLimitIsRefused() throws Exception {
    connect();
    while (limits.streams.enter((Ip) null)) {}
    assertFalse(request(10, true).isOpen());
    assertEquals(0, requests.size());
    limits.streams.leave((Ip) null);
    assertTrue(request(10, true).isOpen());
    assertEquals(1, requests.size());
  }

  private Http2StreamChannel request(int length, boolean whole) throws Exception {
    Promise<Http2StreamChannel> opening = client.eventLoop().newPromise();
    new Http2StreamChannelBootstrap(client)
        .handler(new ChannelInboundHandlerAdapter())
        .open(opening);
    client.runPendingTasks();
    Http2StreamChannel stream = opening.get();
    stream.write(
        new DefaultHttp2HeadersFrame(
            new DefaultHttp2Headers().method("POST").scheme("https").path("/x").authority("h")));
    stream.writeAndFlush(
        new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[length]), whole));
    pump();
    return stream;
  }

  private void connect() {
    Promise<Channel> done = client.eventLoop().newPromise();
    ClientHandshake handshake =
        ClientHandshake.begin(CAP, MachinePrivateKey.generate(entropy), key.publicKey(), entropy);
    client
        .pipeline()
        .addLast(
            new HttpClientCodec(),
            new Ts2021ClientHandler(
                handshake,
                "h",
                inner ->
                    inner.addLast(
                        Http2FrameCodecBuilder.forClient()
                            .initialSettings(
                                Http2Settings.defaultSettings().initialWindowSize(window))
                            .build(),
                        new Http2MultiplexHandler(new ChannelInboundHandlerAdapter())),
                done));
    client.pipeline().fireChannelActive();
    pump();
    assertTrue(done.isSuccess());
    assertNotNull(server.pipeline().get(Http2MultiplexHandler.class));
  }

  /// What each side has sent reaches the other.
  private void pump() {
    boolean moved = true;
    while (moved) {
      server.runPendingTasks();
      client.runPendingTasks();
      boolean asked = move(client, server);
      boolean answered = move(server, client);
      moved = asked || answered;
    }
  }

  private static boolean move(EmbeddedChannel from, EmbeddedChannel to) {
    boolean moved = false;
    for (Object bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
      to.writeInbound(bytes);
      moved = true;
    }
    return moved;
  }

  private void pass(int seconds) {
    server.advanceTimeBy(seconds, TimeUnit.SECONDS);
    server.runScheduledPendingTasks();
    server.runPendingTasks();
  }

  private final class Remembering implements Handlers {
    @Override
    public Reply open(String method, String path, byte[] body) {
      return Reply.text(404, "");
    }

    @Override
    public void inside(Exchange exchange) {
      exchange.forgetBody();
      asked.add(exchange);
      assertEquals(0, limits.requests.count());
      answer.accept(exchange);
    }
  }
}

package dev.weft.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class RelayPagesTest {
  private final EmbeddedChannel channel = channel();

  @Test
  void probesAreAnsweredEmptyToAnyOrigin() {
    for (String path : new String[] {"/derp/probe", "/derp/latency-check"}) {
      String response = exchange("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");

      assertTrue(response.startsWith("HTTP/1.1 200 OK\r\n"), response);
      assertTrue(response.contains("access-control-allow-origin: *\r\n"), response);
      assertTrue(response.contains("content-length: 0\r\n"), response);
    }
    assertTrue(channel.isOpen());
  }

  @Test
  void aProbeByAnotherMethodIsRefused() {
    String response = exchange("POST /derp/probe HTTP/1.1\r\nHost: h\r\n\r\n");

    assertTrue(response.startsWith("HTTP/1.1 405 "), response);
    assertFalse(channel.isOpen());
  }

  @Test
  void theChallengeOfACaptivePortalTestIsAnswered() {
    String response =
        exchange("GET /generate_204 HTTP/1.1\r\nHost: h\r\nX-Tailscale-Challenge: ts_h\r\n\r\n");

    assertTrue(response.startsWith("HTTP/1.1 204 No Content\r\n"), response);
    assertTrue(response.contains("X-Tailscale-Response: response ts_h\r\n"), response);
    assertTrue(response.contains("no-store"), response);
  }

  @Test
  void aChallengeOfOtherCharactersIsNot() {
    for (String challenge : new String[] {"a b", "<script>", "x".repeat(65)}) {
      String response =
          exchange(
              "GET /generate_204 HTTP/1.1\r\nHost: h\r\nX-Tailscale-Challenge: "
                  + challenge
                  + "\r\n\r\n");

      assertTrue(response.startsWith("HTTP/1.1 204 "), response);
      assertFalse(response.contains("X-Tailscale-Response"), response);
    }
  }

  @Test
  void aHeadRequestGetsTheLengthWithoutTheBody() {
    String response = exchange("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");

    assertTrue(response.endsWith("\r\n\r\n"), response);
    assertFalse(response.contains("content-length: 0"), response);
  }

  @Test
  void searchEnginesAreSentAway() {
    assertTrue(exchange("GET /robots.txt HTTP/1.1\r\nHost: h\r\n\r\n").endsWith("Disallow: /\n"));
  }

  @Test
  void otherPathsAreNotFound() {
    assertTrue(exchange("GET /debug/ HTTP/1.1\r\nHost: h\r\n\r\n").startsWith("HTTP/1.1 404 "));
  }

  @Test
  void whatIsNotHttpIsRefused() {
    assertTrue(exchange("SSH-2.0-OpenSSH_9.2\r\n\r\n").startsWith("HTTP/1.1 400 "));
    assertFalse(channel.isOpen());
  }

  @Test
  void aBodyEndsTheConnection() {
    exchange("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");

    assertFalse(channel.isOpen());
  }

  @Test
  void aRequestThatDoesNotComeToAnEndIsNotAwaitedForever() {
    exchange("GET / HTTP/1.1\r\nHos");

    channel.advanceTimeBy(21, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();

    assertFalse(channel.isOpen());
  }

  @Test
  void drippingBytesDoNotExtendTheWait() {
    for (int i = 0; i < 30 && channel.isOpen(); i++) {
      exchange("G");
      channel.advanceTimeBy(1, TimeUnit.SECONDS);
      channel.runScheduledPendingTasks();
      assertEquals(i < 19, channel.isOpen(), "second " + i);
    }
  }

  @Test
  void whoeverAsksOnWithoutReadingTheAnswersGetsOneMoreAndNoOther() {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);

    String responses = exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n".repeat(100));

    assertEquals(2, responses.split("HTTP/1.1 200 OK", -1).length, responses);
    assertFalse(channel.isOpen());
  }

  private String exchange(String request) {
    channel.writeInbound(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
    StringBuilder response = new StringBuilder();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      response.append(part.toString(StandardCharsets.US_ASCII));
      part.release();
    }
    return response.toString();
  }

  @Test
  void plainHttpLeadsToTheRelayWhateverHostItWasAskedFor() {
    pages(RelayPages.towards("https://relay.example:8443"));

    String response = exchange("GET /a?b=c HTTP/1.1\r\nHost: evil.example\r\n\r\n");

    assertTrue(response.startsWith("HTTP/1.1 302 "), response);
    assertTrue(response.contains("location: https://relay.example:8443/a?b=c\r\n"), response);
    assertTrue(
        exchange("GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n")
            .contains("location: https://relay.example:8443/\r\n"));
  }

  @Test
  void plainHttpAnswersTestsForCaptivePortals() {
    pages(RelayPages.towards("https://relay.example"));

    String response =
        exchange("GET /generate_204 HTTP/1.1\r\nHost: h\r\nX-Tailscale-Challenge: ts_h\r\n\r\n");

    assertTrue(response.startsWith("HTTP/1.1 204 "), response);
    assertTrue(response.contains("X-Tailscale-Response: response ts_h\r\n"), response);
  }

  private void pages(Function<HttpRequest, FullHttpResponse> pages) {
    channel
        .pipeline()
        .replace(HttpAnswers.class, null, new HttpAnswers(pages, Duration.ofSeconds(20)));
  }

  private static EmbeddedChannel channel() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    channel
        .pipeline()
        .addLast(
            new HttpServerCodec(), new HttpAnswers(RelayPages::besideDerp, Duration.ofSeconds(20)));
    return channel;
  }
}

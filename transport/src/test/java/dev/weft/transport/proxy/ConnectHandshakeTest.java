package dev.weft.transport.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.transport.tls.SystemTrust;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectHandshakeTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private Future<Void> opened;

  @Test
  void itAsksForTheHostAndLeavesWhenTheProxyConnects() {
    begin("http://proxy.example:3128", "relay.example", 443);
    assertEquals("CONNECT relay.example:443 HTTP/1.1\r\nHost: relay.example:443\r\n\r\n", sent());

    answer("HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\nbehind");

    assertTrue(opened.isSuccess());
    assertNull(channel.pipeline().get(ConnectHandshake.class));
    assertEquals("behind", text(channel.readInbound()));
    answer("and on");
    assertEquals("and on", text(channel.readInbound()));
    channel.advanceTimeBy(60, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertTrue(channel.isOpen());
  }

  @Test
  void anAddressOfIpv6StandsInBrackets() {
    begin("p:1", "[fd00::1]", 8443);

    assertTrue(sent().startsWith("CONNECT [fd00::1]:8443 HTTP/1.1\r\n"));
  }

  /// A control server names relays as it likes.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "relay.example:443 HTTP/1.1\r\nProxy-Authorization: Basic eA==\r\nX: ",
        "relay.example\r\n\r\nGET http://10.0.0.1/ HTTP/1.1\r\n\r\n",
        "relay.example\nX: y",
        "relay example",
        "relay.example/",
        "user@relay.example",
        "fd00::1\r\nX: y",
        "[relay.example\r\n]",
        "[[fd00::1]]",
        "fe80::1%\r\n",
        "relay\u0000",
        "relay\u010D\u010A.example",
        "\u001b[31mrelay"
      })
  void aProxyIsToldNothingOfAHostThatIsNoName(String host) {
    begin("http://user:secret@p:3128", host, 443);

    assertNull(channel.readOutbound());
    assertTrue(failure().contains("is not asked"), failure());
    assertTrue(failure().chars().allMatch(c -> c >= ' ' && c < 0x7f), failure());
    assertFalse(failure().contains("secret"), failure());
  }

  @Test
  void aNameIsNoLongerThanNamesAre() {
    begin("p:3128", "a".repeat(256), 443);

    assertNull(channel.readOutbound());
    assertTrue(failure().length() < 200, failure());
  }

  @ParameterizedTest
  @ValueSource(strings = {"relay-1.example.", "_relay.EXAMPLE", "10.0.0.1", "a"})
  void namesAndAddressesAreSentAsTheyAre(String host) {
    begin("p:3128", host, 443);

    assertTrue(sent().startsWith("CONNECT " + host + ":443 HTTP/1.1\r\n"));
  }

  @Test
  void userAndPasswordGoToTheProxyAndNowhereElse() {
    begin("http://us%65r:s%3Acret@proxy.example:3128", "relay.example", 443);
    // base64 of user:s:cret
    assertTrue(sent().contains("\r\nProxy-Authorization: Basic dXNlcjpzOmNyZXQ=\r\n"));

    answer("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");

    String message = failure();
    assertTrue(message.contains("does not accept the user and password"), message);
    assertFalse(message.contains("cret") || message.contains("dXNlc"), message);
  }

  @Test
  void aProxyThatWantsAPasswordSaysHowToGiveIt() {
    begin("p:3128", "relay.example", 443);

    answer("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n");

    assertTrue(failure().contains("http://user:password@host:port"), failure());
  }

  @Test
  void aRefusalIsToldWithItsReason() {
    begin("p:3128", "relay.example", 443);

    answer("HTTP/1.1 403 Not \u001b[31mhere\u0007\r\nContent-Length: 5\r\n\r\nsorry");

    assertEquals(
        "the proxy http://p:3128 refuses to connect to relay.example:443: 403 Not [31mhere",
        failure());
  }

  @Test
  void theAnswerMayComeByteByByteAndWithBareLineFeeds() {
    begin("p:3128", "relay.example", 443);

    for (char c : "HTTP/1.0 200 ok\nA: b\n\n".toCharArray()) {
      assertFalse(opened.isDone());
      answer(String.valueOf(c));
    }

    assertTrue(opened.isSuccess());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 2000 x\r\n\r\n",
        "HTTP/1.1 20\r\n\r\n",
        "\r\n\r\n",
        "\n\n",
        "HTTP/1.1  200\r\n\r\n"
      })
  void whatIsNoAnswerOfAProxyIsRefused(String answer) {
    begin("p:3128", "relay.example", 443);

    answer(answer);

    assertTrue(failure().contains("does not answer as a proxy does"), failure());
  }

  @Test
  void aHeadWithoutEndIsNotKept() {
    begin("p:3128", "relay.example", 443);
    answer("HTTP/1.1 200 OK\r\n");

    int sent = 0;
    while (!opened.isDone() && sent < 10 * ConnectHandshake.MAX_HEAD) {
      answer("X-Pad: 0123456789\r\n");
      sent += 19;
    }

    assertTrue(failure().contains("answers without end"), failure());
    assertTrue(sent <= ConnectHandshake.MAX_HEAD + 19, "kept " + sent);
  }

  @Test
  void aProxyThatSaysNothingIsGivenUp() {
    begin("p:3128", "relay.example", 443);
    for (int i = 0; i < 9; i++) {
      channel.advanceTimeBy(1, TimeUnit.SECONDS);
      channel.runScheduledPendingTasks();
      answer("H");
    }
    assertFalse(opened.isDone());

    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();

    assertTrue(failure().contains("does not answer in time"), failure());
  }

  @Test
  void aProxyThatHangsUpIsNamed() {
    begin("p:3128", "relay.example", 443);

    channel.close();

    assertTrue(failure().contains("hangs up"), failure());
  }

  private void begin(String proxy, String host, int port) {
    channel.freezeTime();
    opened =
        ProxyTunnel.open(channel, HttpProxy.parse(proxy), SystemTrust.of(List.of()), host, port);
  }

  private String sent() {
    return text(channel.readOutbound());
  }

  private void answer(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
  }

  private String failure() {
    assertFalse(channel.isOpen());
    return assertInstanceOf(ProxyException.class, opened.cause()).getMessage();
  }

  private static String text(ByteBuf bytes) {
    try {
      return bytes.toString(StandardCharsets.ISO_8859_1);
    } finally {
      bytes.release();
    }
  }
}

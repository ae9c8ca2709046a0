package dev.weft.runtime.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class ExchangeTest {
  private static final Duration SHORT = Duration.ofMillis(20);

  private final Exchange exchange = new Exchange();
  private final EmbeddedChannel stream = new EmbeddedChannel(exchange.handler());

  @Test
  void silenceBeforeTheAnswerAndWithinItEndsTheWait() throws Exception {
    assertThrows(SilenceException.class, () -> exchange.status(SHORT));
    head(false);
    assertEquals(200, exchange.status(SHORT));
    InputStream body = exchange.body(SHORT);
    data("ab", false);
    assertEquals('a', body.read());
    assertEquals('b', body.read());
    assertThrows(SilenceException.class, body::read);
  }

  @Test
  void aReadOfNothingWaitsForNothing() throws Exception {
    head(false);
    exchange.status(SHORT);
    assertEquals(0, exchange.body(SHORT).read(new byte[0]));
  }

  @Test
  void theBodyEndsWithItsLastFrame() throws Exception {
    head(false);
    exchange.status(SHORT);
    data("abc", false);
    data("", true);
    assertEquals("abc", new String(exchange.wholeBody(10, false, SHORT), US_ASCII));
  }

  @Test
  void aConnectionThatIsCutWithinTheBodyIsNoEnd() throws Exception {
    head(false);
    exchange.status(SHORT);
    data("abc", false);
    stream.close();
    assertThrows(ControlException.class, () -> exchange.wholeBody(10, false, SHORT));
  }

  @Test
  void aBodyBeyondItsLimitIsAnErrorOrIsCut() throws Exception {
    head(false);
    exchange.status(SHORT);
    data("abcdef", false);
    assertEquals("abc", new String(exchange.wholeBody(3, true, SHORT), US_ASCII));
    data("abcdef", false);
    assertThrows(ControlException.class, () -> exchange.wholeBody(3, false, SHORT));
  }

  @Test
  void closingReleasesWhatWasNotRead() throws IOException {
    ByteBuf unread = Unpooled.buffer().writeByte(1);
    stream.writeInbound(new DefaultHttp2DataFrame(unread, false));
    exchange.close();
    assertEquals(0, unread.refCnt());
  }

  @Test
  void whatAReadStillBringsAfterClosingIsReleased() {
    exchange.close(); // the stream itself is closed later, on the event loop
    ByteBuf late = Unpooled.buffer().writeByte(1);

    stream.writeInbound(new DefaultHttp2DataFrame(late, false));

    assertEquals(0, late.refCnt());
  }

  private void head(boolean end) {
    stream.writeInbound(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), end));
  }

  private void data(String text, boolean end) {
    stream.writeInbound(new DefaultHttp2DataFrame(Unpooled.copiedBuffer(text, US_ASCII), end));
  }
}

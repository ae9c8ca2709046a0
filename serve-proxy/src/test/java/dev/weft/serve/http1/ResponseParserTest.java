package dev.weft.serve.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseParserTest {
  @Test
  void aResponseIsUnderstood() throws Exception {
    ResponseHead head = good("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\nX: y\r\n\r\n");
    assertEquals(404, head.status());
    assertEquals("Not Found", head.reason());
    assertEquals(new Framing.Length(3), head.framing());
    assertTrue(head.keepAlive());
    assertEquals("", good("HTTP/1.1 200\r\n\r\n").reason());
    assertEquals("", good("HTTP/1.1 200 \r\n\r\n").reason());
    assertEquals(Framing.UNTIL_CLOSE, good("HTTP/1.1 200 OK\r\n\r\n").framing());
    assertFalse(good("HTTP/1.0 200 OK\r\n\r\n").keepAlive());
    assertFalse(good("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").keepAlive());
    assertTrue(good("HTTP/1.1 103 Early Hints\r\n\r\n").isInterim());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 20 OK",
        "HTTP/1.1 2000 OK",
        "HTTP/1.1 abc OK",
        "HTTP/1.1  200 OK",
        "HTTP/2 200 OK",
        "ICY 200 OK",
        "200 OK",
        "HTTP/1.1 099 x",
        "HTTP/1.1 200\tOK",
        "HTTP/1.1 200 O\u0001K",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip",
        "HTTP/1.1 200 OK\r\nX: y\r\n folded",
        "HTTP/1.1 200 OK\r\nX : y",
        "HTTP/1.1 200 OK\r\nX: a\u0000b"
      })
  void whatIsUnclearIsRefused(String text) throws Exception {
    assertInstanceOf(Parsed.Bad.class, parse(text + "\r\n\r\n"));
  }

  private static ResponseHead good(String text) throws Exception {
    return switch (parse(text)) {
      case Parsed.Good<ResponseHead>(ResponseHead head) -> head;
      case Parsed.Bad<ResponseHead>(Fault fault) -> throw new AssertionError(fault + ": " + text);
    };
  }

  private static Parsed<ResponseHead> parse(String text) throws Exception {
    return ResponseParser.parse(
        new HeadScanner().take(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1)));
  }
}

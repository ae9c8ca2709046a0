package dev.weft.serve.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParserTest {
  @Test
  void aPlainRequestIsUnderstood() {
    RequestHead head =
        good(
            "GET /a%20b/c?x=1&y=%zz HTTP/1.1\r\nHost: a.lab.net:80\r\nAccept:  */* \t\r\nX-Empty:\r\n\r\n");
    assertEquals("GET", head.method());
    assertEquals("/a%20b/c", head.path());
    assertEquals("x=1&y=%zz", head.query());
    assertEquals("/a%20b/c?x=1&y=%zz", head.target());
    assertEquals("a.lab.net:80", head.host());
    assertEquals("*/*", head.fields().value(1));
    assertEquals("", head.fields().value(2));
    assertTrue(head.keepAlive() && head.isHttp11());
    assertEquals(Framing.NONE, head.framing());
  }

  @Test
  void framingIsUnderstood() {
    assertEquals(new Framing.Length(5), good(post("Content-Length: 5")).framing());
    assertEquals(new Framing.Length(0), good(post("content-length: 000")).framing());
    assertEquals(Framing.CHUNKED, good(post("Transfer-Encoding: Chunked")).framing());
    assertFalse(good(post("Content-Length: 0")).hasBody());
  }

  @Test
  void connectionsPersistAsTheVersionSays() {
    assertFalse(good("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n").keepAlive());
    assertFalse(good("GET / HTTP/1.0\r\n\r\n").keepAlive());
    assertTrue(good("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keepAlive());
  }

  @Test
  void anAbsoluteTargetIsTakenApart() {
    RequestHead head = good("GET http://A.lab.net?q HTTP/1.1\r\nHost: a.lab.net\r\n\r\n");
    assertEquals("/", head.path());
    assertEquals("q", head.query());
    assertEquals("A.lab.net", head.host());
  }

  @Test
  void targetsThatAreNoPathsAreKept() {
    assertEquals("*", good("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").path());
    RequestHead connect = good("CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n");
    assertEquals("b:443", connect.path());
    assertFalse(connect.keepAlive());
    assertEquals("//x", good("GET //x HTTP/1.1\r\nHost: a\r\n\r\n").path());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/x?y", "http://a/", "a:1/x", ""})
  void aTunnelHasNoPath(String target) {
    assertEquals(Fault.TARGET, refused("CONNECT " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"));
  }

  @Test
  void onlyAnUpgradeThatLeavesHttpIsPassedOn() {
    String upgrade =
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: %s\r\n\r\n";
    assertEquals("websocket", good(upgrade.formatted("websocket")).upgrade());
    assertNull(good(upgrade.formatted("h2c")).upgrade());
    assertNull(good(upgrade.formatted("websocket, H2C")).upgrade());
    assertNull(good(upgrade.formatted("HTTP/2.0")).upgrade());
    assertNull(good(upgrade.formatted("TLS/1.2")).upgrade());
    assertNull(good("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n").upgrade());
    assertNull(
        good("GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n").upgrade());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Tailscale-User-Login",
        "tailscale-user-login",
        "Tailscale_User_Login",
        "TAILSCALE-USER_NAME",
        "Tailscale.User.Login",
        "Tailscale-App-Capabilities",
        "tailscale-anything",
        "Tailscale~User-Login"
      })
  void everySpellingOfAnIdentityHeaderIsKnown(String name) {
    assertEquals(
        FieldName.IDENTITY,
        FieldName.of(name.getBytes(StandardCharsets.US_ASCII), 0, name.length()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Forwarded",
        "X-Forwarded-For",
        "x_forwarded_proto",
        "X-FORWARDED-HOST",
        "X-Forwarded"
      })
  void everySpellingOfAForwardingHeaderIsKnown(String name) {
    assertEquals(
        FieldName.FORWARDING,
        FieldName.of(name.getBytes(StandardCharsets.US_ASCII), 0, name.length()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Tailscale",
        "X-Tailscale-User",
        "Forwarded-For",
        "Accept",
        "Content-Lengthy",
        "X-Forward"
      })
  void otherHeadersAreOther(String name) {
    assertEquals(
        FieldName.OTHER, FieldName.of(name.getBytes(StandardCharsets.US_ASCII), 0, name.length()));
  }

  /// Each of these is read in two ways by some pair of programs.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "GET / HTTP/1.1\\nHost: a\\n\\n | BARE_LF",
        "GET / HTTP/1.1\\r\\nHost: a\\nX: y\\r\\n\\r\\n | BARE_LF",
        "GET / HTTP/1.1\\rX: y\\r\\nHost: a\\r\\n\\r\\n | BARE_CR",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nX: a\\rb\\r\\n\\r\\n | BARE_CR",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nX: a\\0b\\r\\n\\r\\n | FIELD_VALUE",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nX: \\x7f\\r\\n\\r\\n | FIELD_VALUE",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nX: y\\r\\n z\\r\\n\\r\\n | FOLDED",
        "GET / HTTP/1.1\\r\\n Host: a\\r\\n\\r\\n | FOLDED",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding:\\r\\n chunked\\r\\n\\r\\n | FOLDED",
        "GET / HTTP/1.1\\r\\nHost : a\\r\\n\\r\\n | FIELD_NAME",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\n: y\\r\\n\\r\\n | FIELD_NAME",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nX\\r\\n\\r\\n | FIELD_NAME",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nX\\x00Y: z\\r\\n\\r\\n | FIELD_NAME",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length\\x0b: 5\\r\\n\\r\\n | FIELD_NAME",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\n\\xffX: z\\r\\n\\r\\n | FIELD_NAME",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nContent_Length: 5\\r\\n\\r\\n | LOOKALIKE",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nTransfer.Encoding: chunked\\r\\n\\r\\n | LOOKALIKE",
        "GET / HTTP/1.1\\r\\n\\r\\n | HOST",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nHost: a\\r\\n\\r\\n | HOST",
        "GET / HTTP/1.1\\r\\nHost: a b\\r\\n\\r\\n | HOST",
        "GET / HTTP/1.1\\r\\nHost: a,b\\x22\\r\\n\\r\\n | HOST",
        "GET / HTTP/1.1\\r\\nHost: a@b\\r\\n\\r\\n | HOST",
        "GET / HTTP/1.1\\r\\nHost: a/b\\r\\n\\r\\n | HOST",
        "GET / HTTP/1.1\\r\\nHost: a:x\\r\\n\\r\\n | HOST",
        "GET http://b/ HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | TARGET",
        "GET http:///x HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | TARGET",
        "GET ftp://a/ HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | TARGET",
        "GET a HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | TARGET",
        "GET /%zz HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | TARGET",
        "GET /% HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | TARGET",
        "GET /#x HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | TARGET",
        "GET /\\xc3\\xa9 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | TARGET",
        "GET /\\x00 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | TARGET",
        "GET  / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | REQUEST_LINE",
        "GET /  HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | REQUEST_LINE",
        "GET / HTTP/1.1 \\r\\nHost: a\\r\\n\\r\\n | REQUEST_LINE",
        "GET / x HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | REQUEST_LINE",
        "GET /\\r\\n\\r\\n | REQUEST_LINE",
        "\\r\\nGET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | REQUEST_LINE",
        "GET / http/1.1\\r\\nHost: a\\r\\n\\r\\n | REQUEST_LINE",
        "GET / HTTP/1.10\\r\\nHost: a\\r\\n\\r\\n | REQUEST_LINE",
        "GET / HTTP/2.0\\r\\nHost: a\\r\\n\\r\\n | VERSION",
        "PRI * HTTP/2.0\\r\\n\\r\\n | VERSION",
        "GET / HTTP/0.9\\r\\nHost: a\\r\\n\\r\\n | VERSION",
        "GET / HTTP/1.2\\r\\nHost: a\\r\\n\\r\\n | VERSION",
        "G@T / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | METHOD",
        "\\x00GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | METHOD",
        "GET\\t/ HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | METHOD",
      })
  void whatIsUnclearIsRefused(String escaped, Fault fault) {
    assertEquals(fault, refused(unescaped(escaped)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Content-Length: 5;Content-Length: 5 | CONTENT_LENGTH",
        "Content-Length: 5;Content-Length: 6 | CONTENT_LENGTH",
        "Content-Length: 5, 5 | CONTENT_LENGTH",
        "Content-Length: +5 | CONTENT_LENGTH",
        "Content-Length: -1 | CONTENT_LENGTH",
        "Content-Length: 0x5 | CONTENT_LENGTH",
        "Content-Length: 5 5 | CONTENT_LENGTH",
        "Content-Length: | CONTENT_LENGTH",
        "Content-Length: 99999999999999999999 | CONTENT_LENGTH",
        "Content-Length: 5;Transfer-Encoding: chunked | TWO_LENGTHS",
        "Transfer-Encoding: chunked;Content-Length: 5 | TWO_LENGTHS",
        "Transfer-Encoding: identity;Content-Length: 5 | TWO_LENGTHS",
        "Transfer-Encoding: chunked;Transfer-Encoding: chunked | TRANSFER_ENCODING",
        "Transfer-Encoding: chunked;Transfer-Encoding: identity | TRANSFER_ENCODING",
        "Transfer-Encoding: chunked, chunked | TRANSFER_ENCODING",
        "Transfer-Encoding: gzip, chunked | TRANSFER_ENCODING",
        "Transfer-Encoding: ,chunked | TRANSFER_ENCODING",
        "Transfer-Encoding: xchunked | TRANSFER_ENCODING",
        "Transfer-Encoding: 'chunked' | TRANSFER_ENCODING",
        "Transfer-Encoding: chunked;q=1 | TRANSFER_ENCODING",
        "Transfer-Encoding: | TRANSFER_ENCODING",
        "Transfer-Encoding: gzip | UNKNOWN_CODING",
        "Transfer-Encoding: identity | UNKNOWN_CODING",
        "Expect: 200-ok | EXPECTATION",
        "Expect: 100-continue;Expect: 100-continue | EXPECTATION",
      })
  void contradictoryFramingIsRefused(String fields, Fault fault) {
    String separator = fields.contains("q=1") ? "\u0000" : ";";
    assertEquals(fault, refused(post(fields.split(separator))));
  }

  @Test
  void http10HasNoTransferCodings() {
    assertEquals(
        Fault.TRANSFER_ENCODING, refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"));
  }

  @Test
  void sizesAreBounded() {
    assertEquals(
        Fault.TARGET_TOO_LONG,
        refused("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"));
    assertEquals(Fault.METHOD, refused("G".repeat(40) + " / HTTP/1.1\r\nHost: a\r\n\r\n"));
    assertEquals(
        Fault.HEAD_TOO_LARGE,
        refused("GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(200) + "\r\n"));
  }

  @Test
  void namesOfConnectionOptionsAreKnownToEndHere() {
    Fields fields =
        good("GET / HTTP/1.1\r\nHost: a\r\nConnection: X-One, close\r\nconnection: x-two\r\nX-One: 1\r\nX-TWO: 2\r\nX-Three: 3\r\n\r\n")
            .fields();
    assertTrue(fields.isListedByConnection(3));
    assertTrue(fields.isListedByConnection(4));
    assertFalse(fields.isListedByConnection(5));
  }

  static Stream<String> seeds() {
    return Stream.of(
        "GET /a?b HTTP/1.1\r\nHost: a\r\nConnection: x, upgrade\r\nUpgrade: websocket\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
        "PUT /%41 HTTP/1.1\r\nHost: [::1]:80\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\n\r\n");
  }

  /// Whatever the bytes: understood or refused, and what is understood has no byte that could end a
  /// line.
  @ParameterizedTest
  @MethodSource("seeds")
  void mutatedRequestsAreUnderstoodOrRefused(String seedText) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = seedText.getBytes(StandardCharsets.ISO_8859_1);
      for (int i = random.nextInt(3); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        if (parse(bytes) instanceof Parsed.Good<RequestHead>(RequestHead head)) {
          String all = head.method() + head.target() + head.host() + head.upgrade();
          for (int i = 0; i < head.fields().count(); i++) {
            all += head.fields().spelling(i) + head.fields().value(i);
          }
          assertTrue(all.chars().noneMatch(c -> c == '\r' || c == '\n' || c == 0), all);
        }
      } catch (RuntimeException e) {
        throw new AssertionError(
            "seed " + seed + ", bytes " + new String(bytes, StandardCharsets.ISO_8859_1), e);
      }
    }
  }

  private static String post(String... fields) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + String.join("\r\n", fields) + "\r\n\r\n";
  }

  private static RequestHead good(String text) {
    return switch (parse(latin1(text))) {
      case Parsed.Good<RequestHead>(RequestHead head) -> head;
      case Parsed.Bad<RequestHead>(Fault fault) -> throw new AssertionError(fault + ": " + text);
    };
  }

  private static Fault refused(String text) {
    return switch (parse(latin1(text))) {
      case Parsed.Good<RequestHead>(RequestHead head) ->
          throw new AssertionError(head + ": " + text);
      case Parsed.Bad<RequestHead>(Fault fault) -> fault;
    };
  }

  /// Scans and parses, as a connection does.
  private static Parsed<RequestHead> parse(byte[] bytes) {
    try {
      byte[] head = new HeadScanner().take(Unpooled.wrappedBuffer(bytes));
      return head == null ? new Parsed.Bad<>(Fault.REQUEST_LINE) : RequestParser.parse(head);
    } catch (HeadScanner.TooMuch e) {
      return new Parsed.Bad<>(e.fault());
    }
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String unescaped(String text) {
    String out =
        text.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0");
    return Pattern.compile("\\\\x([0-9a-f]{2})")
        .matcher(out)
        .replaceAll(m ->
            Matcher.quoteReplacement(Character.toString((char) Integer.parseInt(m.group(1), 16))));
  }
}

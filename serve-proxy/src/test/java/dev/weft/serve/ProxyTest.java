package dev.weft.serve;

import static dev.weft.serve.ScriptedBackend.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ipn.serve.HttpHandler;
import dev.weft.node.Caller;
import dev.weft.serve.HttpClientSocket.Message;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests and responses through a proxy on real sockets.
@Timeout(60)
class ProxyTest {
  private static final Caller ALICE =
      new Caller(
          "laptop.lab.net",
          "n1",
          List.of(),
          Optional.of(
              new Caller.User("alice@example.com", "Zoë Ä", "https://pics.example.com/a.png")),
          List.of(),
          List.of());

  private final EchoBackend echo = new EchoBackend();

  @Test
  void aRequestReachesTheBackendAndItsAnswerTheClient() throws Exception {
    try (ScriptedBackend backend = echo.start();
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      Message response =
          client
              .send(
                  "POST /a%20b?x=1 HTTP/1.1\r\nHost: a.lab.net\r\nContent-Length: 5\r\nX-Mine: 1\r\nConnection: keep-alive\r\n\r\nhello")
              .read();
      assertEquals("hello", response.text());
      assertEquals("HTTP/1.1 200 OK", response.first());
      assertNull(response.field("connection"));

      Message request = echo.next();
      assertEquals("POST /a%20b?x=1 HTTP/1.1", request.first());
      assertEquals("a.lab.net", request.field("host"));
      assertEquals("1", request.field("x-mine"));
      assertEquals("127.0.0.1", request.field("x-forwarded-for"));
      assertEquals("a.lab.net", request.field("x-forwarded-host"));
      assertNull(request.field("x-forwarded-proto"));
      assertNull(request.field("connection"));
    }
  }

  @Test
  void bothSidesKeepTheirConnections() throws Exception {
    try (ScriptedBackend backend = echo.start();
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client();
        HttpClientSocket second = rig.client()) {
      for (int i = 0; i < 20; i++) {
        assertEquals(200, client.get("/" + i).read().status());
        assertEquals("GET /" + i + " HTTP/1.1", echo.next().first());
      }
      assertEquals(200, second.get("/other").read().status());
      assertEquals(1, backend.connections.get());
      assertEquals(1, rig.onLoop(rig.pool::idleCount));
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    try (ScriptedBackend backend = ScriptedBackend.answering(r -> ok(r.first() + r.text()));
        Rig rig =
            new Rig(Rig.PATIENT)
                .proxying(backend.port())
                .serving("/text", HttpHandler.ofText("local"));
        HttpClientSocket client = rig.client()) {
      client.send(
          "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /text HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      assertEquals("GET /1 HTTP/1.1", client.read().text());
      assertEquals("POST /2 HTTP/1.1abc", client.read().text());
      assertEquals("local", client.read().text());
      Message last = client.read();
      assertEquals("GET /3 HTTP/1.1", last.text());
      assertEquals("close", last.field("connection"));
      assertTrue(client.isAtEnd());
    }
  }

  @Test
  void whoAsksIsToldAndWhoClaimsToBeIsNot() throws Exception {
    try (ScriptedBackend backend = echo.start();
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port()).calledBy(ALICE);
        HttpClientSocket client = rig.client()) {
      client
          .send(
              """
              GET / HTTP/1.1
              Host: a.lab.net
              Tailscale-User-Login: mallory@example.com
              tailscale-user-name: Mallory
              Tailscale_User_Login: mallory@example.com
              TAILSCALE_USER_NAME: Mallory
              Tailscale.User-Login: mallory@example.com
              Tailscale-User-Profile-Pic: http://evil
              Tailscale-App-Capabilities: {"all":[]}
              Tailscale-Funnel-Request: ?1
              Tailscale-Headers-Info: x
              X-Forwarded-For: 1.2.3.4
              X_Forwarded_For: 1.2.3.4
              x-forwarded-proto: https
              X-Forwarded-Host: evil
              X-Forwarded-Prefix: /evil
              Forwarded: for=1.2.3.4
              Proxy: http://evil
              Cookie: kept=1

              """
                  .replace("\n", "\r\n"))
          .read();
      Message request = echo.next();
      assertEquals(
          List.of(
              "Host: a.lab.net",
              "Cookie: kept=1",
              "X-Forwarded-For: 127.0.0.1",
              "X-Forwarded-Host: a.lab.net",
              "Tailscale-User-Login: alice@example.com",
              "Tailscale-User-Name: =?utf-8?q?Zo=C3=AB_=C3=84?=",
              "Tailscale-User-Profile-Pic: https://pics.example.com/a.png",
              "Tailscale-Headers-Info: https://tailscale.com/s/serve-headers"),
          request.lines());
    }
  }

  @Test
  void aTaggedNodeIsNobody() throws Exception {
    Caller tagged =
        new Caller("ci.lab.net", "n2", List.of(), ALICE.user(), List.of("tag:ci"), List.of());
    try (ScriptedBackend backend = echo.start();
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port()).calledBy(tagged);
        HttpClientSocket client = rig.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nTailscale-User-Login: mallory\r\n\r\n").read();
      assertTrue(
          echo.next().lines().stream()
              .noneMatch(l -> l.toLowerCase(Locale.ROOT).startsWith("tailscale")));
    }
  }

  @Test
  void whatConcernsOneHopEndsThere() throws Exception {
    try (ScriptedBackend backend =
            ScriptedBackend.answering(r -> {
              echo.received.add(r);
              return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: x\r\nX-End: 2\r\n\r\n";
            });
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      Message response =
          client
              .send(
                  "GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nProxy-Authorization: x\r\nProxy-Connection: x\r\nTE: trailers, gzip\r\nX-End: 2\r\n\r\n")
              .read();
      assertEquals(List.of("X-End: 2", "Content-Length: 0"), response.lines());
      assertEquals(
          List.of(
              "Host: a",
              "X-End: 2",
              "X-Forwarded-For: 127.0.0.1",
              "X-Forwarded-Host: a",
              "Connection: TE",
              "TE: trailers"),
          echo.next().lines());
    }
  }

  @Test
  void chunksAndTrailersGoBothWays() throws Exception {
    try (ScriptedBackend backend =
            ScriptedBackend.answering(r -> {
              echo.received.add(r);
              return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\nContent-Length: 9\r\nTailscale-User-Login: x\r\n\r\n";
            });
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      for (int i = 0; i < 3; i++) {
        Message response =
            client
                .send(
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4;x\r\nwxyz\r\n0\r\nX-Check: 1\r\nTransfer-Encoding: chunked\r\nHost: evil\r\n\r\n")
                .read();
        assertEquals("abcde", response.text());
        assertEquals(List.of("X-Sum: 5"), response.trailer());
        Message request = echo.next();
        assertEquals("wxyz", request.text());
        assertEquals(List.of("X-Check: 1"), request.trailer());
      }
      assertEquals(1, backend.connections.get());
    }
  }

  @Test
  void headHasLengthAndNoBody() throws Exception {
    try (ScriptedBackend backend =
            ScriptedBackend.answering(r ->
                r.first().startsWith("HEAD /chunked")
                    ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    : r.first().startsWith("HEAD")
                        ? "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"
                        : r.first().startsWith("GET /304")
                            ? "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n"
                            : r.first().startsWith("GET /204")
                                ? "HTTP/1.1 204 No Content\r\n\r\n"
                                : ok("x"));
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      assertEquals(
          "1234",
          client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").read(true).field("content-length"));
      assertEquals(
          200, client.send("HEAD /chunked HTTP/1.1\r\nHost: a\r\n\r\n").read(true).status());
      assertEquals("99", client.get("/304").read().field("content-length"));
      assertEquals(204, client.get("/204").read().status());
      assertEquals("x", client.get("/").read().text());
      assertEquals(1, backend.connections.get());
    }
  }

  @Test
  void anOldClientGetsAResponseItUnderstands() throws Exception {
    try (ScriptedBackend backend =
            ScriptedBackend.answering(r -> {
              echo.received.add(r);
              return r.first().contains("/chunked")
                  ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                  : ok("abc");
            });
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket one = rig.client();
        HttpClientSocket two = rig.client()) {
      Message kept = one.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n").read();
      assertEquals("keep-alive", kept.field("connection"));
      assertEquals("abc", kept.text());
      Message closed =
          one.send("GET /chunked HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n").read();
      assertEquals(List.of("Connection: close"), closed.lines());
      assertEquals("abc", closed.text());
      assertTrue(echo.next().first().endsWith(" HTTP/1.1"));
      assertEquals("abc", two.send("GET /chunked HTTP/1.0\r\nHost: a\r\n\r\n").read().text());
    }
  }

  @Test
  void aResponseThatEndsWithItsConnectionIsPassedOnWhole() throws Exception {
    try (ScriptedBackend backend =
            new ScriptedBackend(c -> {
              c.read();
              c.send("HTTP/1.0 200 OK\r\nX: y\r\n\r\nhello world");
            });
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      for (int i = 0; i < 2; i++) {
        Message response = client.get("/").read();
        assertEquals("chunked", response.field("transfer-encoding"));
        assertEquals("hello world", response.text());
      }
      assertEquals(2, backend.connections.get());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', abc",
    "'Content-Length: 10', abc",
    "'Transfer-Encoding: chunked', '3\r\nabc\r\n'"
  })
  void aResponseThatBreaksOffIsNotMadeWhole(String framing, String part) throws Exception {
    try (ScriptedBackend backend =
            new ScriptedBackend(c -> {
              c.read();
              c.send(
                  "HTTP/1.1 200 OK\r\n"
                      + (framing.isEmpty() ? "" : framing + "\r\n")
                      + "\r\n"
                      + part);
              if (framing.isEmpty()) {
                // The reset tells a break from an end.
                c.socket.setSoLinger(true, 0);
              }
            });
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      client.get("/");
      assertThrows(IOException.class, client::read);
    }
  }

  @Test
  void aBackendThatIsDownIsNamedOnAPlainPage() throws Exception {
    int port;
    try (ScriptedBackend gone = echo.start()) {
      port = gone.port();
    }
    try (Rig rig = new Rig(Rig.PATIENT).proxying(port);
        HttpClientSocket client = rig.client()) {
      for (int i = 0; i < 2; i++) {
        Message response = client.get("/").read();
        assertEquals(502, response.status());
        assertEquals("text/plain; charset=utf-8", response.field("content-type"));
        assertEquals("no-store", response.field("cache-control"));
        assertTrue(
            response.text().contains("cannot be reached: nothing listens there"), response.text());
        assertTrue(response.text().contains("weft serve"), response.text());
      }
    }
  }

  @Test
  void aBackendThatSpeaksNonsenseIsSaidToAndNotUsedAgain() throws Exception {
    try (ScriptedBackend backend =
            new ScriptedBackend(c -> {
              Message request = c.read();
              c.send(
                  request.first().contains("/huge")
                      ? "HTTP/1.1 200 OK\r\nX: " + "a".repeat(1 << 20)
                      : "220 smtp.example.com ready\r\n\r\n");
              c.read();
            });
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      Message response = client.get("/").read();
      assertEquals(502, response.status());
      assertTrue(
          response.text().contains("did not answer properly: the status line is malformed"),
          response.text());
      assertEquals(502, client.get("/huge").read().status());
      assertEquals(0, rig.onLoop(rig.pool::idleCount));
    }
  }

  @Test
  void callersAreNotToldWhereABackendIs() throws Exception {
    try (ScriptedBackend backend =
            new ScriptedBackend(c -> {
              if (c.read().first().contains("/odd")) {
                c.send("220 smtp\r\n\r\n");
              }
              c.read();
            });
        Rig rig = new Rig(Rig.QUICK)) {
      String slow = "localhost:" + backend.port();
      String gone = "localhost:1"; // tcpmux: nobody has it
      rig.serving("/", HttpHandler.proxyTo("http://" + slow + "/p?token=s3cret", List.of()))
          .serving("/gone", HttpHandler.proxyTo("http://" + gone + "/?token=s3cret", List.of()))
          .serving("/unix", HttpHandler.proxyTo("unix:/run/s3cret.sock", List.of()));
      for (String path : List.of("/slow", "/odd", "/gone", "/unix")) {
        try (HttpClientSocket client = rig.client()) {
          Message answer = client.get(path).read();
          assertTrue(answer.status() >= 500, path);
          for (String word : List.of("localhost", "s3cret", "" + backend.port())) {
            assertFalse(answer.text().contains(word), path + ": " + answer.text());
          }
        }
      }
    }
  }

  @Test
  void aBackendThatDoesNotAnswerTimesOut() throws Exception {
    try (ScriptedBackend backend =
            new ScriptedBackend(c -> {
              c.read();
              c.read();
            });
        Rig rig = new Rig(Rig.QUICK).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      Message response = client.get("/").read();
      assertEquals(504, response.status());
      assertTrue(response.text().contains("did not answer within"), response.text());
    }
  }

  @Test
  void aStreamOfEventsOutlivesEveryTimeoutAndIsPassedOnAtOnce() throws Exception {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    try (ScriptedBackend backend =
            new ScriptedBackend(c -> {
              c.read();
              c.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
              while (true) {
                c.send(events.take());
              }
            });
        Rig rig = new Rig(Rig.QUICK).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      client.get("/");
      while (!client.line().isEmpty()) {
        // the head
      }
      for (int i = 0; i < 3; i++) {
        // Longer than all of the rig's timeouts together, on the event loop's own clock.
        rig.onLoop(() -> rig.lastFront().eventLoop().schedule(() -> {}, 700, TimeUnit.MILLISECONDS))
            .syncUninterruptibly();
        events.add("data: " + i + "\n\n");
        assertEquals("9", client.line());
        assertEquals(
            "data: " + i + "\n\n", new String(client.exactly(9), StandardCharsets.US_ASCII));
        assertEquals("", client.line());
      }
    }
  }

  @Test
  void aKeptConnectionThatTheBackendClosesDoesNotFailARequest() throws Exception {
    try (ScriptedBackend backend =
            new ScriptedBackend(c -> {
              c.read();
              c.send(ok("1"));
              // Closes on the second request without an answer, as a server whose keep-alive ran
              // out.
              c.read(true);
            });
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      for (int i = 0; i < 5; i++) {
        assertEquals("1", client.get("/").read().text());
      }
      // What is not idempotent is not sent twice.
      assertEquals(
          502,
          client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx").read().status());
    }
  }

  @Test
  void bytesThatNobodyAskedForDoNotAnswerTheNextRequest() throws Exception {
    try (ScriptedBackend backend = ScriptedBackend.answering(r -> ok("1") + ok("smuggled"));
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      for (int i = 0; i < 5; i++) {
        assertEquals("1", client.get("/").read().text());
      }
      assertEquals(5, backend.connections.get());
    }
  }

  @Test
  void aClientThatGoesAwayEndsTheBackendsWork() throws Exception {
    BlockingQueue<String> ended = new LinkedBlockingQueue<>();
    try (ScriptedBackend backend =
            new ScriptedBackend(c -> {
              echo.received.add(c.read());
              ended.add(c.isAtEnd() ? "ended" : "went on");
            });
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port())) {
      HttpClientSocket client = rig.client();
      client.get("/");
      echo.next();
      client.close();
      assertEquals("ended", ended.poll(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void slowClientsAreNotWaitedForEndlessly() throws Exception {
    try (ScriptedBackend backend = echo.start();
        Rig rig = new Rig(Rig.QUICK).proxying(backend.port());
        HttpClientSocket head = rig.client();
        HttpClientSocket body = rig.client()) {
      head.send("GET / HTTP/1.1\r\nHo");
      assertEquals(408, head.read().status());
      assertTrue(head.isAtEnd());
      body.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
      assertEquals(408, body.read().status());
      assertTrue(body.isAtEnd());
    }
  }

  @Test
  void aConnectionThatIsRefusedIsReadNoFurther() throws Exception {
    try (ScriptedBackend backend = echo.start();
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
      Message response = client.read();
      assertEquals(400, response.status());
      assertEquals("close", response.field("connection"));
      assertTrue(
          response.text().contains("Content-Length and Transfer-Encoding contradict each other"));
      assertTrue(client.isAtEnd());
      assertEquals(0, backend.connections.get());
      assertNull(echo.received.poll());
    }
  }

  @Test
  void aBodyThatBreaksItsFramingNeverReachesTheBackendWhole() throws Exception {
    BlockingQueue<String> whole = new LinkedBlockingQueue<>();
    try (ScriptedBackend backend =
            new ScriptedBackend(c -> {
              try {
                c.read();
                whole.add("whole");
              } catch (EOFException | SocketException _) {
                whole.add("broken");
              }
            });
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n");
      assertEquals(400, client.read().status());
      assertTrue(client.isAtEnd());
      assertEquals("broken", whole.poll(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void unservableHandlersSaySo() throws Exception {
    try (Rig rig =
            new Rig(Rig.PATIENT)
                .serving("/files/", HttpHandler.ofPath("/srv"))
                .serving("/unix", HttpHandler.proxyTo("unix:/run/x.sock", List.of()));
        HttpClientSocket client = rig.client()) {
      assertTrue(
          client
              .get("/files/")
              .read()
              .text()
              .contains("files and folders is not part of this version"));
      assertTrue(client.get("/unix").read().text().contains("no way to reach what is served here"));
      assertFalse(client.socket.isClosed());
    }
  }
}

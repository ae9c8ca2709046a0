package dev.weft.serve;

import static dev.weft.serve.ScriptedBackend.ok;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.serve.HttpClientSocket.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What comes before an answer or in place of one: interim responses, and other protocols.
@Timeout(60)
final class SwitchingTest {
  private final EchoBackend echo = new EchoBackend();

  @Test
  void aClientThatWaitsForContinueIsToldToGoOn() throws Exception {
    try (ScriptedBackend backend =
            new ScriptedBackend(c -> {
              while (true) {
                Message head = c.read(true);
                echo.received.add(head);
                if (head.first().contains("/asks")) {
                  c.send("HTTP/1.1 100 Continue\r\n\r\n");
                }
                if (head.first().contains("/no")) {
                  c.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
                } else {
                  c.send(ok(new String(c.exactly(5), StandardCharsets.US_ASCII)));
                }
              }
            });
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      for (String path : List.of("/asks", "/silent")) {
        client.send(
            "POST "
                + path
                + " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        assertEquals("100-continue", echo.next().field("expect"));
        assertEquals(100, client.read().status());
        assertEquals("hello", client.send("hello").read().text(), path);
      }
      client.send(
          "POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
      Message refused = client.read();
      assertEquals(413, refused.status());
      assertEquals("close", refused.field("connection"));
      assertTrue(client.isAtEnd());
    }
  }

  @Test
  void earlyHintsArePassedOnToThoseWhoUnderstandThem() throws Exception {
    try (ScriptedBackend backend =
            ScriptedBackend.answering(r ->
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
                    + ok("x"));
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      Message hints = client.get("/").read();
      assertEquals(103, hints.status());
      assertEquals("</a.css>", hints.field("link"));
      assertEquals("x", client.read().text());
      assertEquals("x", client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n").read().text());
    }
  }

  @Test
  void anUpgradeBecomesATunnelInBothDirections() throws Exception {
    try (ScriptedBackend backend =
            new ScriptedBackend(c -> {
              echo.received.add(c.read());
              c.send(
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\nfirst");
              byte[] more = c.exactly(5);
              c.send(more);
              c.in.transferTo(c.socket.getOutputStream());
              c.send("end");
            });
        Rig rig = new Rig(Rig.QUICK).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      client.send(
          "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\nearly");
      Message request = echo.next();
      assertEquals("Upgrade", request.field("connection"));
      assertEquals("websocket", request.field("upgrade"));
      assertEquals("k", request.field("sec-websocket-key"));
      Message response = client.read();
      assertEquals(101, response.status());
      assertEquals("Upgrade", response.field("connection"));
      assertEquals("firstearly", new String(client.exactly(10), StandardCharsets.US_ASCII));
      byte[] big = new byte[3_000_000];
      new Random(1).nextBytes(big);
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.send(big);
                  client.socket.shutdownOutput();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      assertArrayEquals(big, client.exactly(big.length));
      sender.join();
      // Half-closed by the client, the way back is still open.
      assertEquals("end", new String(client.in.readAllBytes(), StandardCharsets.US_ASCII));
      assertEquals(0, rig.onLoop(rig.pool::openCount));
    }
  }

  @Test
  void aSwitchThatNobodyAskedForIsRefused() throws Exception {
    try (ScriptedBackend backend =
            ScriptedBackend.answering(r ->
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n");
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      assertEquals(502, client.get("/").read().status());
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      assertEquals(502, client.read().status());
    }
  }

  @Test
  void anUpgradeThatIsDeclinedIsAnOrdinaryAnswer() throws Exception {
    try (ScriptedBackend backend = echo.start();
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      client.send(
          "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      assertEquals(200, client.read().status());
      assertEquals(200, client.get("/").read().status());
      assertEquals(1, backend.connections.get());
    }
  }
}

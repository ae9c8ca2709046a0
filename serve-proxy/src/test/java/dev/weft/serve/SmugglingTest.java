package dev.weft.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What reaches a backend from a client that wants the two to disagree. The backend here reads as
/// strictly as can be and records each request it finds.
@Timeout(120)
class SmugglingTest {
  private final Queue<String> arrived = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> unclear = new ConcurrentLinkedQueue<>();

  private ScriptedBackend recorder() throws IOException {
    return new ScriptedBackend(c -> {
      while (true) {
        try {
          HttpClientSocket.Message request = c.read();
          boolean twoLengths =
              request.field("content-length") != null && request.field("transfer-encoding") != null;
          assertTrue(!twoLengths && request.field("host") != null, request.first());
          arrived.add(request.first());
          c.send(ScriptedBackend.ok(""));
        } catch (EOFException | SocketException _) {
          return;
        } catch (IOException | RuntimeException | AssertionError e) {
          unclear.add(e);
          return;
        }
      }
    });
  }

  /// Every one has a second request inside what one reading takes for the body or the head of the
  /// first.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
        "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n",
        "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n",
        "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0,40\r\n\r\n",
        "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n",
        "POST /1 HTTP/1.1\r\nHost: a\r\nX: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /1 HTTP/1.1\r\nHost: a\r\nX: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /1 HTTP/1.1\r\nHost: a\r\nX: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
        "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer_Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \0chunked\r\n\r\n0\r\n\r\n",
        "POST /1 HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n0\r\n\r\n",
        "GET /1 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET http://b/1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0x28\r\n\r\n",
        "GET /1\r\nHost: a\r\n\r\n",
        "GET /1 HTTP/1.1\n\nHost: a\r\n\r\n",
      })
  void whatCanBeReadInTwoWaysReachesNoBackend(String attack) throws Exception {
    try (ScriptedBackend backend = recorder();
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      client.send(attack + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
      HttpClientSocket.Message answer = client.read();
      assertTrue(answer.status() >= 400 && answer.status() < 600, answer.first());
      assertEquals("close", answer.field("connection"));
      assertTrue(client.isAtEnd());
      assertEquals(0, backend.connections.get());
    }
  }

  /// A chunk that breaks its framing comes too late to keep the head from the backend, and early
  /// enough to keep the rest.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0\n\n",
        "0\r\n\n",
        "0;\n\r\n",
        "+0\r\n\r\n",
        "0x0\r\n\r\n",
        " 0\r\n\r\n",
        "0 \r\n\r\n",
        "00000000000000000\r\n\r\n",
        "10000000000000000\r\n",
        "1\r\nA0\r\n\r\n",
        "1\r\nAB\r\n0\r\n\r\n",
        "0\r\nX : y\r\n\r\n",
        "0\r\n X: y\r\n\r\n",
        "0\r\nX: a\nY: b\r\n\r\n",
        "0\rX\r\n\r\n",
        "\r\n0\r\n\r\n"
      })
  void aBodyThatCanBeReadInTwoWaysEndsTheConnection(String body) throws Exception {
    try (ScriptedBackend backend = recorder();
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      client.send(
          "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
              + body
              + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
      assertEquals(400, client.read().status());
      assertTrue(client.isAtEnd());
      assertTrue(arrived.isEmpty() && unclear.isEmpty(), arrived + " " + unclear);
    }
  }

  /// Random damage to good requests. Each request that the backend finds must be one that the
  /// client was answered for.
  @Test
  void noDamageToRequestsMakesTheBackendFindAnother() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String[] good = {
      "GET /1?q HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, x\r\nX: y\r\n\r\n",
      "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nGET /3 HT",
      "PUT /4 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n0\r\nT: 1\r\n\r\n",
    };
    String alphabet = "\r\n\t \0:;,0123456789abcfx-_+/?GETHP.1\u00ff";
    try (ScriptedBackend backend = recorder();
        Rig rig = new Rig(Rig.QUICK).proxying(backend.port())) {
      for (int round = 0; round < 400; round++) {
        StringBuilder wire = new StringBuilder();
        for (int i = 0; i < 3; i++) {
          wire.append(good[random.nextInt(good.length)]);
        }
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
          int at = random.nextInt(wire.length());
          char c = alphabet.charAt(random.nextInt(alphabet.length()));
          switch (random.nextInt(3)) {
            case 0 -> wire.setCharAt(at, c);
            case 1 -> wire.insert(at, c);
            default -> wire.deleteCharAt(at);
          }
        }
        arrived.clear();
        int answered = answers(rig, wire.toString());
        String context = "seed " + seed + ", sent " + wire;
        assertTrue(unclear.isEmpty(), () -> context + ", backend: " + unclear);
        assertTrue(
            arrived.size() <= answered,
            () -> context + ", arrived " + arrived + ", answered " + answered);
      }
    }
  }

  private static int answers(Rig rig, String wire) throws IOException {
    int answered = 0;
    try (HttpClientSocket client = rig.client()) {
      client.send(wire.getBytes(StandardCharsets.ISO_8859_1));
      while (true) {
        HttpClientSocket.Message answer = client.read();
        answered++;
        if (answer.field("connection") != null || answered == 3) {
          return answered;
        }
      }
    } catch (EOFException | SocketException _) {
      return answered;
    }
  }
}

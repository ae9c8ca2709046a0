package dev.weft.runtime.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.SeededEntropy;
import dev.weft.testkit.SeededTest;
import org.junit.jupiter.api.Test;

class BasicC2nTest {
  @Test
  void echoReturnsTheBody() {
    assertEquals(
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nh\u00e9ll",
        answer("POST /echo?x HTTP/1.1\r\nContent-Length: 5\r\n\r\nh\u00e9ll"));
  }

  @Test
  void everythingElseIsRefusedInTheOriginalsWords() {
    assertTrue(answer("GET /debug/prefs HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 400 "));
    assertTrue(answer("GET /debug/prefs HTTP/1.1\r\n\r\n").endsWith("unknown c2n path\n"));
  }

  @SeededTest
  void whateverComesIsAnswered(SeededEntropy entropy) {
    byte[] answer = new BasicC2n().handleC2n(entropy.bytes(entropy.random().nextInt(0, 300)));
    assertTrue(new String(answer, UTF_8).startsWith("HTTP/1.1 400 "));
  }

  private static String answer(String request) {
    return new String(new BasicC2n().handleC2n(request.getBytes(UTF_8)), UTF_8);
  }
}

package dev.weft.runtime.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The table of `docs/protocol/control.md` §2.2.
class DialPlanTest {
  @Test
  void aPublicServerIsDialledInTheClearThenByTls() {
    assertEquals(
        List.of("http://h.example:80 +0", "https://h.example:443 +500"),
        first("https://h.example"));
    assertEquals(
        List.of("http://h.example:80 +0", "https://h.example:443 +500"), first("http://h.example"));
    assertEquals(
        List.of("http://h.example:80 +0", "https://h.example:8443 +500"),
        first("https://h.example:8443"));
    assertEquals(
        List.of("http://h.example:8080 +0", "https://h.example:443 +500"),
        first("http://h.example:8080"));
    assertEquals(
        List.of("http://8.8.8.8:80 +0", "https://8.8.8.8:443 +500"), first("http://8.8.8.8"));
  }

  @Test
  void aNearServerIsDialledAsItsUrlSays() {
    for (String near : List.of("127.0.0.1", "10.1.2.3", "192.168.1.1", "localhost", "LocalHost")) {
      assertEquals(List.of("http://" + near + ":8080 +0"), first("http://" + near + ":8080"));
      assertEquals(List.of("http://" + near + ":80 +0"), again("http://" + near));
    }
    assertEquals(List.of("http://[::1]:8080 +0"), first("http://[::1]:8080"));
    assertEquals(
        List.of("http://127.0.0.1:80 +0", "https://127.0.0.1:8443 +500"),
        first("https://127.0.0.1:8443"));
  }

  @Test
  void aQuickSecondDialGoesByTls() {
    assertEquals(List.of("https://h.example:443 +0"), again("https://h.example"));
    assertEquals(List.of("https://h.example:8443 +0"), again("https://h.example:8443"));
  }

  @Test
  void aServerWithoutTlsIsFoundAgain() {
    assertEquals(
        List.of("https://h.example:443 +0", "http://h.example:8080 +500"),
        again("http://h.example:8080"));
  }

  private static List<String> first(String url) {
    return plan(url, false);
  }

  private static List<String> again(String url) {
    return plan(url, true);
  }

  private static List<String> plan(String url, boolean recent) {
    return DialPlan.of(URI.create(url), recent).attempts().stream()
        .map(attempt -> attempt + " +" + attempt.delay().toMillis())
        .toList();
  }
}

package dev.weft.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.ipn.serve.HttpHandler;
import dev.weft.serve.HttpClientSocket.Message;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which of the paths that are served a request is for, and where it leads at the backend.
@Timeout(60)
final class PathsTest {
  private final EchoBackend echo = new EchoBackend();

  @ParameterizedTest
  @CsvSource({
    "/, /base/q, /base/q",
    "/, /base/, /base/",
    "/, /, /base/",
    "/m, /m, /base",
    "/m, /m/, /base/",
    "/m, /m/x?y, /base/x?y",
    "/m/, /m, /base",
    "/m/, /m/x%2Fy, /base/x%2Fy",
  })
  void mountsAreTakenOffAndTheBackendsPathPutBefore(String mount, String path, String expected)
      throws Exception {
    try (ScriptedBackend backend = echo.start();
        Rig rig = new Rig(Rig.PATIENT);
        HttpClientSocket client = rig.client()) {
      rig.serving(
          mount,
          HttpHandler.proxyTo(
              "http://127.0.0.1:" + backend.port() + (path.startsWith("/base") ? "" : "/base"),
              List.of()));
      client.get(path).read();
      assertEquals("GET " + expected + " HTTP/1.1", echo.next().first());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../x",
        "/m/../../x",
        "/%2e%2e/x",
        "/..%2fx",
        "/..;/x",
        "/..;a=b/x",
        "/..%3b/x",
        "/..\\x",
        "/%5c..%5c..%5cx",
        "/a//../../x",
        "/m/..;/x",
        "/m/..\\x",
      })
  void noReadingOfAPathLeadsOutOfTheBackendsOwn(String path) throws Exception {
    try (ScriptedBackend backend = echo.start();
        Rig rig = new Rig(Rig.PATIENT);
        HttpClientSocket client = rig.client()) {
      HttpHandler base =
          HttpHandler.proxyTo("http://127.0.0.1:" + backend.port() + "/base", List.of());
      rig.serving("/", base).serving("/m", base);
      assertEquals(404, client.get(path).read().status());
      assertEquals(200, client.get("/a/../b;c/..d").read().status());
      assertEquals("GET /base/a/../b;c/..d HTTP/1.1", echo.next().first());
    }
  }

  @Test
  void hostsAndPathsThatAreNotServedAreNotFound() throws Exception {
    try (Rig rig = new Rig(Rig.PATIENT).serving("/foo/", HttpHandler.ofText("x"));
        HttpClientSocket client = rig.client()) {
      for (String request :
          List.of(
              "GET /bar HTTP/1.1\r\nHost: a",
              "GET /foo/ HTTP/1.1\r\nHost: b",
              "GET /foo/ HTTP/1.1\r\nHost: 100.64.0.1",
              "OPTIONS * HTTP/1.1\r\nHost: a",
              "GET /foo/ HTTP/1.1\r\nHost: [fd7a::1]:80",
              "GET /foo/ HTTP/1.0\r\nConnection: keep-alive")) {
        Message response = client.send(request + "\r\n\r\n").read();
        assertEquals(404, response.status(), request);
        assertEquals("404 page not found\n", response.text());
        assertEquals("nosniff", response.field("x-content-type-options"));
      }
      for (String host : List.of("a", "A.LAB.NET", "a.lab.net:80", "a.lab.net.", "a:8080")) {
        assertEquals(
            "x",
            client.send("GET /foo/ HTTP/1.1\r\nHost: " + host + "\r\n\r\n").read().text(),
            host);
      }
    }
  }

  @Test
  void redirectsAreExpandedAndCannotEndTheLine() throws Exception {
    try (Rig rig =
            new Rig(Rig.PATIENT)
                .serving("/", HttpHandler.redirectTo("301:https://${HOST}${REQUEST_URI}"))
                .serving("/evil", HttpHandler.redirectTo("http://x/\r\nSet-Cookie: a=b é"));
        HttpClientSocket client = rig.client()) {
      Message response = client.get("/x?y=%0d%0a").read();
      assertEquals(301, response.status());
      assertEquals("https://a.lab.net/x?y=%0d%0a", response.field("location"));
      response = client.get("/evil").read();
      assertEquals(302, response.status());
      assertEquals("http://x/%0D%0ASet-Cookie:%20a=b%20%C3%A9", response.field("location"));
    }
  }
}

package dev.weft.runtime.localapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.weft.ipn.Prefs;
import dev.weft.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Who may ask what: every endpoint, for every kind of caller, and for a browser that was tricked
/// into asking.
class AccessTableTest {
  private static final String PREFIX = "/localapi/v0/";

  /// What a caller needs for an endpoint.
  private enum Needs {
    NOTHING,
    READ,
    WRITE,
    ADMIN
  }

  private record Row(String method, String target, String body, Needs needs) {}

  private static final List<Row> TABLE =
      List.of(
          row("GET", "status", Needs.READ),
          row("GET", "status?peers=false", Needs.READ),
          row("GET", "watch-ipn-bus?mask=2", Needs.READ),
          row("GET", "prefs", Needs.READ),
          row("PATCH", "prefs", "{\"Hostname\":\"x\",\"HostnameSet\":true}", Needs.WRITE),
          row("POST", "check-prefs", Json.encodeToText(Prefs.JSON, Prefs.defaults()), Needs.WRITE),
          row("POST", "start", "{}", Needs.WRITE),
          row("POST", "login-interactive", Needs.WRITE),
          row("GET", "profiles/", Needs.WRITE),
          row("GET", "profiles/current", Needs.WRITE),
          row("GET", "profiles/5a0c", Needs.WRITE),
          row("POST", "profiles/5a0c", Needs.WRITE),
          row("GET", "whois?addr=100.64.0.2", Needs.READ),
          row("POST", "ping?ip=100.64.0.2&type=disco", Needs.NOTHING),
          row("GET", "derpmap", Needs.NOTHING),
          row("POST", "dial", Needs.NOTHING),
          row("GET", "dns-config", Needs.READ),
          row("GET", "dns-osconfig", Needs.WRITE),
          row("GET", "dns-query?name=b&type=A", Needs.WRITE),
          row("GET", "serve-config", Needs.READ),
          row("POST", "serve-config", "{}", Needs.WRITE),
          row(
              "POST",
              "serve-config",
              "{\"Web\":{\"a:80\":{\"Handlers\":{\"/\":{\"Path\":\"/etc\"}}}}}",
              Needs.ADMIN),
          row("POST", "query-feature?feature=serve", Needs.READ),
          row("GET", "usermetrics", Needs.NOTHING),
          row("GET", "metrics", Needs.WRITE),
          row("POST", "debug?action=current-netmap", Needs.WRITE),
          row("POST", "debug-capture", Needs.WRITE),
          row("PUT", "profiles/", Needs.WRITE),
          row("DELETE", "profiles/5a0c", Needs.WRITE),
          row("POST", "logout", Needs.WRITE),
          row("POST", "shutdown", Needs.WRITE));

  @TestFactory
  Stream<DynamicTest> everyEndpointAsksForItsRight() {
    return TABLE.stream()
        .map(row ->
            DynamicTest.dynamicTest(
                row.method() + " " + row.target() + " needs " + row.needs(),
                () -> {
                  Map<Access, Boolean> admitted = new LinkedHashMap<>();
                  admitted.put(new Access(false, false, false), row.needs() == Needs.NOTHING);
                  admitted.put(Access.READ_ONLY, row.needs().compareTo(Needs.READ) <= 0);
                  admitted.put(Access.OPERATOR, row.needs().compareTo(Needs.WRITE) <= 0);
                  admitted.put(Access.FULL, true);
                  for (Map.Entry<Access, Boolean> entry : admitted.entrySet()) {
                    int status = status(answer(row, entry.getKey(), Map.of()));
                    boolean denied = status == Answer.FORBIDDEN || status == Answer.UNAUTHORIZED;
                    assertEquals(!entry.getValue(), denied, entry.getKey() + ": " + status);
                  }
                }));
  }

  @TestFactory
  Stream<DynamicTest> noEndpointAnswersABrowser() {
    List<Map<String, String>> browsers =
        List.of(
            Map.of("origin", "http://example.com"),
            Map.of("origin", "null"),
            Map.of("referer", "http://example.com/"),
            Map.of("host", "localhost"),
            Map.of("host", "127.0.0.1:41112"),
            Map.of("host", "local-tailscaled.sock.example.com"),
            Map.of("host", "local-tailscaled.sock", "origin", "http://local-tailscaled.sock"));
    List<DynamicTest> tests = new ArrayList<>();
    for (Row row : TABLE) {
      tests.add(
          DynamicTest.dynamicTest(
              row.method() + " " + row.target(),
              () -> {
                for (Map<String, String> headers : browsers) {
                  Answer answer = answer(row, Access.FULL, headers);
                  assertEquals(Answer.FORBIDDEN, status(answer), headers.toString());
                }
              }));
    }
    return tests.stream();
  }

  @Test
  void aReaderChangesNothingByAnyMethod() throws Exception {
    for (Row row : TABLE) {
      for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
        MemoryBackend backend = new MemoryBackend();
        backend.logIn();
        Prefs before = backend.prefs();
        answer(backend, new Row(method, row.target(), row.body(), row.needs()), Access.READ_ONLY);
        assertEquals(before, backend.prefs(), method + " " + row.target());
        assertEquals("null", backend.serveConfig(), method + " " + row.target());
        assertEquals(1, backend.shutDown.getCount(), method + " " + row.target());
      }
    }
  }

  @Test
  void whatIsNoEndpointIsNotFoundWhoeverAsks() throws Exception {
    Row row = row("GET", "no-such-endpoint", Needs.NOTHING);
    assertEquals(Answer.NOT_FOUND, status(answer(row, Access.FULL, Map.of())));
    assertNotEquals(Answer.OK, status(answer(row, Access.READ_ONLY, Map.of())));
  }

  private static Row row(String method, String target, Needs needs) {
    return row(method, target, "", needs);
  }

  private static Row row(String method, String target, String body, Needs needs) {
    return new Row(method, target, body, needs);
  }

  private static Answer answer(Row row, Access access, Map<String, String> headers)
      throws InterruptedException {
    MemoryBackend backend = new MemoryBackend();
    backend.logIn();
    return new LocalApi(backend).answer(request(row, headers), access);
  }

  private static void answer(MemoryBackend backend, Row row, Access access)
      throws InterruptedException {
    new LocalApi(backend).answer(request(row, Map.of()), access);
  }

  private static Request request(Row row, Map<String, String> headers) {
    int question = row.target().indexOf('?');
    String path = question < 0 ? row.target() : row.target().substring(0, question);
    Map<String, List<String>> query = new TreeMap<>();
    if (question >= 0) {
      for (String pair : row.target().substring(question + 1).split("&", -1)) {
        query.put(pair.split("=", 2)[0], List.of(pair.split("=", 2)[1]));
      }
    }
    return new Request(row.method(), PREFIX + path, query, headers, row.body());
  }

  private static int status(Answer answer) {
    return switch (answer) {
      case Answer.Full full -> full.status();
      case Answer.Events _, Answer.Capture _ -> Answer.OK;
      case Answer.Dial _ -> 101;
    };
  }
}

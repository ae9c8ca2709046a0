package dev.weft.ipn.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ipn.serve.HttpHandler.Action;
import dev.weft.json.MalformedJson;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServeConfigTest {
  private static final HostPort HOST_80 = new HostPort("a.lab.net", 80);

  /// As the client of version 1.103 sent it after `serve --bg --http=80 3000`.
  static final String CAPTURED =
      "{\"TCP\":{\"80\":{\"HTTP\":true}},\"Web\":{\"a.lab.net:80\":{\"Handlers\":{\"/\":{\"Proxy\":\"http://127.0.0.1:3000\"}}}}}";

  @Test
  void theCapturedConfigurationIsReadAndWrittenByteForByte() throws MalformedJson {
    ServeConfig config = ServeConfig.decode(CAPTURED);
    assertEquals(Optional.of(TcpPortHandler.web(false)), config.findTcp(80));
    assertEquals(
        new Action.Proxy("http://127.0.0.1:3000", List.of()),
        config.findWeb(HOST_80).orElseThrow().handlers().get("/").action());
    assertEquals(CAPTURED, config.encode());
  }

  @Test
  void everyFieldSurvivesARoundTrip() throws MalformedJson {
    String full =
        "{\"TCP\":{\"2222\":{\"TCPForward\":\"localhost:22\",\"TerminateTLS\":\"a.lab.net\",\"ProxyProtocol\":2},\"443\":{\"HTTPS\":true}},"
            + "\"Web\":{\"a.lab.net:443\":{\"Handlers\":{\"/\":{\"Path\":\"/srv\"},\"/p\":{\"Proxy\":\"http://h:1\",\"AcceptAppCaps\":[\"e.com/c\"]},"
            + "\"/r\":{\"Redirect\":\"301:https://x/\"},\"/t\":{\"Text\":\"hi\"}}}},"
            + "\"Services\":{\"svc:db\":{\"TCP\":{\"5432\":{\"TCPForward\":\"127.0.0.1:5432\"}}},\"svc:l3\":{\"Tun\":true}},"
            + "\"AllowFunnel\":{\"a.lab.net:443\":true,\"a.lab.net:8443\":false},"
            + "\"Foreground\":{\"0123456789abcdef\":{\"TCP\":{\"80\":{\"HTTP\":true}}}}}";
    assertEquals(full, ServeConfig.decode(full).encode());
  }

  @Test
  void namesMayDifferInCaseAndUnknownOnesAreIgnored() throws MalformedJson {
    ServeConfig config =
        ServeConfig.decode(
            "{\"tcp\":{\"80\":{\"http\":true,\"New\":[{}]}},\"Future\":{\"a\":1},\"Web\":null}");
    assertEquals(ServeConfig.EMPTY.withTcp(80, TcpPortHandler.web(false)), config);
  }

  @Test
  void nullIsTheEmptyConfiguration() throws MalformedJson {
    assertEquals(ServeConfig.EMPTY, ServeConfig.decode("null"));
    assertEquals("{}", ServeConfig.EMPTY.encode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "3",
        "{",
        "{\"TCP\":[]}",
        "{\"TCP\":{\"http\":{}}}",
        "{\"TCP\":{\"0\":{}}}",
        "{\"TCP\":{\"65536\":{}}}",
        "{\"TCP\":{\"80\":{\"HTTP\":\"yes\"}}}",
        "{\"Web\":{\"a.lab.net\":{}}}",
        "{\"Web\":{\"a.lab.net:x\":{}}}",
        "{\"Web\":{\"fd7a::1:80\":{}}}"
      })
  void whatIsNoConfigurationIsRefused(String json) {
    assertThrows(MalformedJson.class, () -> ServeConfig.decode(json));
  }

  @Test
  void nestedForegroundIsNotHonoured() throws MalformedJson {
    ServeConfig config =
        ServeConfig.decode(
            "{\"Foreground\":{\"s\":{\"Foreground\":{\"t\":{\"TCP\":{\"80\":{}}}}}}}");
    assertEquals("{\"Foreground\":{\"s\":{}}}", config.encode());
  }

  @Test
  void textIsEscapedAsGoDoes() {
    ServeConfig config =
        ServeConfig.EMPTY.withWebHandler(
            HOST_80, "/", HttpHandler.ofText("<a>&\u2028\"\\é\u0001\b\t"), false);
    assertTrue(
        config
            .encode()
            .contains("\"Text\":\"\\u003ca\\u003e\\u0026\\u2028\\\"\\\\é\\u0001\\b\\t\""),
        config.encode());
  }

  @Test
  void jsonIsIndentedAsTheOriginalPrintsIt() throws MalformedJson {
    assertEquals(
        """
        {
          "TCP": {
            "80": {
              "HTTP": true
            }
          },
          "Web": {
            "a.lab.net:80": {
              "Handlers": {
                "/": {
                  "Proxy": "http://127.0.0.1:3000"
                }
              }
            }
          }
        }\
        """,
        ServeConfig.decode(CAPTURED).encodeIndented());
    assertEquals("{}", ServeConfig.EMPTY.encodeIndented());
  }

  @Test
  void foregroundIsFoundBeforeBackground() {
    ServeConfig own =
        ServeConfig.EMPTY.withWebHandler(HOST_80, "/", HttpHandler.ofText("fg"), false);
    ServeConfig config =
        ServeConfig.EMPTY
            .withWebHandler(HOST_80, "/", HttpHandler.ofText("bg"), false)
            .withForeground("s", own);
    assertEquals("fg", config.findWeb(HOST_80).orElseThrow().handlers().get("/").text());
    assertEquals(
        "bg",
        config.withoutForeground("s").findWeb(HOST_80).orElseThrow().handlers().get("/").text());
    assertFalse(ServeConfig.EMPTY.withForeground("s", own).findTcp(81).isPresent());
    assertTrue(ServeConfig.EMPTY.withForeground("s", own).findTcp(80).isPresent());
  }

  @Test
  void aMountThatDiffersByItsLastSlashGivesWay() {
    ServeConfig config =
        ServeConfig.EMPTY
            .withWebHandler(HOST_80, "/foo", HttpHandler.ofText("1"), false)
            .withWebHandler(HOST_80, "/foobar", HttpHandler.ofText("2"), false)
            .withWebHandler(HOST_80, "/foo/", HttpHandler.ofText("3"), false);
    assertEquals(
        List.of("/foo/", "/foobar"), List.copyOf(config.web().get(HOST_80).handlers().keySet()));
  }

  @Test
  void theLastHandlerTakesItsHostPortAndFunnelAlong() {
    ServeConfig config =
        ServeConfig.EMPTY
            .withWebHandler(HOST_80, "/a", HttpHandler.ofText("1"), false)
            .withWebHandler(HOST_80, "/b", HttpHandler.ofText("2"), false)
            .withFunnel(HOST_80, true);
    ServeConfig one = config.withoutWebHandlers(HOST_80, List.of("/a"));
    assertTrue(one.isFunnelOn() && one.findTcp(80).isPresent());
    assertEquals(ServeConfig.EMPTY, one.withoutWebHandlers(HOST_80, List.of("/b")));
  }

  @Test
  void filesAndUnixSocketsAnywhereNeedAnAdministrator() throws MalformedJson {
    for (String json :
        List.of(
            "{\"Web\":{\"a:80\":{\"Handlers\":{\"/\":{\"Path\":\"/etc\"}}}}}",
            "{\"Web\":{\"a:80\":{\"Handlers\":{\"/\":{\"Proxy\":\"unix:/s\"}}}}}",
            "{\"TCP\":{\"80\":{\"TCPForward\":\"unix:/s\"}}}",
            "{\"Services\":{\"svc:a\":{\"TCP\":{\"80\":{\"TCPForward\":\"unix:/s\"}}}}}",
            "{\"Services\":{\"svc:a\":{\"Web\":{\"a:80\":{\"Handlers\":{\"/\":{\"Path\":\"/s\"}}}}}}}",
            "{\"Foreground\":{\"s\":{\"TCP\":{\"80\":{\"TCPForward\":\"unix:/s\"}}}}}")) {
      assertTrue(ServeConfig.decode(json).needsAdministrator(), json);
    }
    assertFalse(ServeConfig.decode(CAPTURED).needsAdministrator());
  }

  @Test
  void oneActionCountsInTheOrderOfTheOriginal() {
    assertEquals(
        new Action.Text("t"), new HttpHandler("/p", "http://x", "t", List.of(), "r").action());
    assertEquals(
        new Action.Redirect(302, "r"),
        new HttpHandler("/p", "http://x", "", List.of(), "r").action());
    assertEquals(
        new Action.Path("/p"), new HttpHandler("/p", "http://x", "", List.of(), "").action());
    assertEquals(new Action.None(), HttpHandler.ofText("").action());
    assertEquals(
        new Action.Redirect(301, "https://x"), HttpHandler.redirectTo("301:https://x").action());
    assertEquals(new Action.Redirect(302, "200:x"), HttpHandler.redirectTo("200:x").action());
  }
}

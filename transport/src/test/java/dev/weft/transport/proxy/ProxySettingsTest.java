package dev.weft.transport.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxySettingsTest {
  @Test
  void withoutVariablesEverythingGoesDirectly() {
    assertEquals("direct", way(Map.of(), true, "control.example", 443));
  }

  @Test
  void eachSchemeHasItsVariableAndTheUpperCaseOneComesFirst() {
    Map<String, String> both =
        Map.of("HTTP_PROXY", "http://upper:1", "http_proxy", "http://lower:2");

    assertEquals("http://upper:1", way(both, false, "control.example", 80));
    assertEquals("direct", way(both, true, "control.example", 443));
    Map<String, String> emptyUpper = Map.of("HTTPS_PROXY", "", "https_proxy", "http://lower:2");
    assertEquals("http://lower:2", way(emptyUpper, true, "control.example", 443));
    Map<String, String> exceptions =
        Map.of("HTTPS_PROXY", "p:3", "NO_PROXY", "upper.example", "no_proxy", "lower.example");
    assertEquals("direct", way(exceptions, true, "upper.example", 443));
    assertEquals("http://p:3", way(exceptions, true, "lower.example", 443));
    assertEquals("http://p:3", way(Map.of("HTTPS_PROXY", "p:3"), true, "control.example", 443));
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP_PROXY", "http_proxy"})
  void inACgiProgramPlainHttpGoesThroughNoProxy(String variable) {
    Map<String, String> environment =
        Map.of(variable, "http://evil:1", "HTTPS_PROXY", "http://p:3", "REQUEST_METHOD", "GET");

    String way = way(environment, false, "control.example", 80);
    assertTrue(way.contains("REQUEST_METHOD"), way);
    assertEquals("http://p:3", way(environment, true, "control.example", 443));
    assertEquals("direct", way(Map.of("REQUEST_METHOD", "GET"), false, "control.example", 80));
  }

  @ParameterizedTest
  @CsvSource({
    "http://proxy.example, http://proxy.example:80",
    "https://proxy.example, https://proxy.example:443",
    "HTTPS://proxy.example:8443/, https://proxy.example:8443",
    "proxy.example:3128, http://proxy.example:3128",
    "10.0.0.1:3128, http://10.0.0.1:3128",
    "http://[fd00::1]:3128, http://[fd00::1]:3128",
    "http://user:secret@proxy.example:3128, http://proxy.example:3128",
    "user:p@ss/w@proxy.example:3128, http://proxy.example:3128"
  })
  void aProxyIsAUrlOrAHostAndPort(String text, String proxy) {
    assertEquals(proxy, way(Map.of("https_proxy", text), true, "control.example", 443));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "socks5://proxy.example:1080",
        "http://",
        "http://user:secret@",
        "proxy.example:0",
        "proxy.example:99999",
        "http://a b:1",
        "http://user:secret@[fd00::1"
      })
  void whatCannotBeUsedIsSaidWithoutItsPassword(String text) {
    ProxyRoute route =
        ProxySettings.of(Map.of("HTTPS_PROXY", text)).route(true, "control.example", 443);

    ProxyRoute.Nowhere nowhere = assertInstanceOf(ProxyRoute.Nowhere.class, route);
    assertTrue(nowhere.why().contains("HTTPS_PROXY"), nowhere.why());
    assertFalse(nowhere.why().contains("secret"), nowhere.why());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // NO_PROXY | direct | through the proxy
        "example.com|example.com,a.example.com|badexample.com,example.com.evil.org",
        ".example.com|a.example.com|example.com",
        "*.example.com|a.example.com|example.com",
        " Example.COM , other.org|EXAMPLE.com,other.org|third.org",
        "example.com:8443|example.com:8443|example.com",
        "10.1.2.3|10.1.2.3|10.1.2.4",
        "10.0.0.0/8|10.200.3.4|11.0.0.1,ten.example",
        "10.1.2.3:8443|10.1.2.3:8443|10.1.2.3",
        "fd00::/8|[fd00::5]|[fe00::5]",
        "[fd00::5]:8443|[fd00::5]:8443|[fd00::5]",
        "*|example.com,10.1.2.3|localhost.example.never",
        ",,:80,.|localhost,127.0.0.2,[::1],LOCALHOST|example.com"
      })
  void exceptionsAreNamesWithWhatIsBelowThemAddressesAndNetworks(
      String exceptions, String direct, String proxied) {
    Map<String, String> environment =
        Map.of("https_proxy", "http://p:3128", "no_proxy", exceptions);
    for (String host : direct.split(",", -1)) {
      assertEquals("direct", way(environment, host), host);
    }
    for (String host : proxied.split(",", -1)) {
      String expected = exceptions.equals("*") ? "direct" : "http://p:3128";
      assertEquals(expected, way(environment, host), host);
    }
  }

  @Test
  void aProxyOfOurOwnIsNotUsedToGetOut() {
    ProxySettings settings =
        ProxySettings.of(
                Map.of("https_proxy", "http://localhost:1055", "http_proxy", "10.0.0.1:1055"))
            .without(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1055)));

    assertInstanceOf(ProxyRoute.Direct.class, settings.route(true, "control.example", 443));
    assertInstanceOf(ProxyRoute.Through.class, settings.route(false, "control.example", 80));
  }

  private static String way(Map<String, String> environment, String host) {
    int colon = host.endsWith("]") ? -1 : host.lastIndexOf(':');
    return colon < 0
        ? way(environment, true, host, 443)
        : way(
            environment,
            true,
            host.substring(0, colon),
            Integer.parseInt(host.substring(colon + 1)));
  }

  private static String way(Map<String, String> environment, boolean tls, String host, int port) {
    return switch (ProxySettings.of(environment).route(tls, host, port)) {
      case ProxyRoute.Direct _ -> "direct";
      case ProxyRoute.Through(HttpProxy proxy) -> proxy.toString();
      case ProxyRoute.Nowhere(String why) -> why;
    };
  }
}

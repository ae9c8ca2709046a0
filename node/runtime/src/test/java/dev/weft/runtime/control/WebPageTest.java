package dev.weft.runtime.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebPageTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://control.test/a/1f",
        "http://127.0.0.1:8080/register/x?y=z",
        "HTTPS://[::1]/a"
      })
  void aWebPageIsTakenAsItIs(String url) {
    assertEquals(Optional.of(url), WebPage.of(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "\\\\host\\share",
        "//host/path",
        "/a/path",
        "https:///nohost",
        "https:opaque",
        "data:text/html,x",
        "ms-settings:x",
        "https://user:password@host/",
        "https://host/\r\nX: y",
        "https://host/\u001b[2J",
        "https://host/ space",
        "https://h\u00f6st/",
        "https://host/%zz"
      })
  void anythingElseIsNot(String url) {
    assertEquals(Optional.empty(), WebPage.of(url));
  }
}

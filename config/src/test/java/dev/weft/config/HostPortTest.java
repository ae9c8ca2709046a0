package dev.weft.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1:8080", "[::1]:443", ":80", "relay.example:0", "[fe80::1%eth0]:1"})
  void addressesAreReadAndPrintedAlike(String text) {
    assertEquals(text, HostPort.parse(text).orElseThrow().toString());
  }

  @Test
  void noHostMeansEveryAddress() {
    assertTrue(HostPort.parse(":80").orElseThrow().isEveryAddress());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "80",
        "127.0.0.1",
        "::1:80",
        "[::1]",
        "[]:80",
        "[127.0.0.1]:80",
        "a:",
        "a:65536",
        "a:-1",
        "a:+1",
        "a b:1",
        "http://a:80",
        "a:1x",
        "a:٣"
      })
  void anythingElseIsRefused(String text) {
    assertEquals(Optional.empty(), HostPort.parse(text));
  }
}

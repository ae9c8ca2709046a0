package dev.weft.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeshWithTest {
  private static final String HASH = "ab".repeat(32);

  @Test
  void aHostAloneIsDialledByItsName() {
    assertEquals(
        new MeshWith("relay-b.example.com", 443, "relay-b.example.com", ""),
        MeshWith.parse("relay-b.example.com"));
  }

  @Test
  void whatStandsBehindTheSlashIsDialledInstead() {
    assertEquals(
        new MeshWith("relay-b.example.com", 8443, "10.0.0.2", ""),
        MeshWith.parse("relay-b.example.com:8443/10.0.0.2"));
    assertEquals(
        new MeshWith("fd00::1", 8443, "fd00::2", ""), MeshWith.parse("[fd00::1]:8443/[fd00::2]"));
  }

  @Test
  void aCertificateCanBePinned() {
    assertEquals(
        new MeshWith("10.0.0.2", 8443, "10.0.0.2", "sha256-raw:" + HASH),
        MeshWith.parse("10.0.0.2:8443#sha256-raw:" + HASH));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "https://relay.example",
        "relay.example/a/b",
        "relay.example:0",
        "relay.example:65536",
        "user@relay.example",
        "relay.example#",
        "relay.example#sha256-raw:ab",
        "relay.example/",
        "a b"
      })
  void anythingElseIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> MeshWith.parse(text));
  }
}

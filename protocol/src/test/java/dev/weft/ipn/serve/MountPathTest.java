package dev.weft.ipn.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MountPathTest {
  private static final Map<String, HttpHandler> HANDLERS =
      Map.of(
          "/", HttpHandler.ofText("root"),
          "/foo", HttpHandler.ofText("foo"),
          "/foo/bar/", HttpHandler.ofText("bar"),
          "/exact/", HttpHandler.ofText("exact"));

  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/x, /",
    "/foo, /foo",
    "/foo/, /foo",
    "/foo/x, /foo",
    "/foo/bar, /foo/bar/",
    "/foo/bar/x/y, /foo/bar/",
    "/foobar, /",
    "/exact, /exact/",
    "/exact/, /exact/",
    "//foo, /foo",
    "/foo/../x, /",
    "/x/../foo/./bar, /foo/bar/",
    "/.., /",
    "//, /"
  })
  void theLongestMountWins(String path, String mount) {
    assertEquals(mount, MountPath.find(HANDLERS, path).orElseThrow().mount());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", "*/x", ".", "..", "host:443", "foo"})
  void whatIsNoPathMatchesNothingAndReturns(String path) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> assertEquals(Optional.empty(), MountPath.find(HANDLERS, path)));
  }

  @Test
  void withoutARootHandlerMostPathsMatchNothing() {
    assertEquals(
        Optional.empty(), MountPath.find(Map.of("/foo", HttpHandler.ofText("")), "/bar/baz"));
  }

  @Test
  void manySegmentsAreWalkedQuickly() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () ->
            assertEquals("/", MountPath.find(HANDLERS, "/a".repeat(10_000)).orElseThrow().mount()));
  }

  @ParameterizedTest
  @CsvSource({
    "'', .",
    "/, /",
    "a/.., .",
    "../a, ../a",
    "/../a, /a",
    "a//b/./c/, a/b/c",
    "/a/b/../../.., /",
    "../../a/../b, ../../b"
  })
  void pathsAreCleanedAsGoDoes(String path, String clean) {
    assertEquals(clean, MountPath.clean(path));
  }
}

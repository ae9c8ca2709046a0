package dev.weft.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
  @ParameterizedTest
  @CsvSource({
    "0, PT0S",
    "30s, PT30S",
    "1h30m, PT1H30M",
    "1.5h, PT1H30M",
    "90d, PT2160H",
    "300ms, PT0.3S",
    "5us, PT0.000005S",
    "5µs, PT0.000005S",
    "7ns, PT0.000000007S",
    ".5s, PT0.5S",
    "1.s, PT1S",
    "1d12h, PT36H",
    "0s, PT0S"
  })
  void goDurationsAndDaysAreRead(String text, Duration expected) {
    assertEquals(Optional.of(expected), DurationText.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "-5s",
        "s",
        ".s",
        "5 s",
        "5S",
        "1h30",
        "h1",
        "5w",
        "1e3s",
        "300y",
        "999999999d",
        "٣s"
      })
  void anythingElseIsRefused(String text) {
    assertEquals(Optional.empty(), DurationText.parse(text));
  }
}

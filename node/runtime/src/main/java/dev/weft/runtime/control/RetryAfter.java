package dev.weft.runtime.control;

import dev.weft.base.Entropy;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/// What a server that is asked too often wants: the `Retry-After` of a 429 or 503.
final class RetryAfter {
  /// Beyond it we come back anyway: a mistake in a header must not take a node away for good.
  private static final Duration MAX = Duration.ofHours(1);

  private static final int MAX_DIGITS = 9;
  private static final Duration FOREVER = Duration.ofDays(365);
  private static final int DEFAULT_MIN_MILLIS = 5_000;
  private static final int DEFAULT_SPREAD_MILLIS = 5_000;

  private RetryAfter() {}

  /// The wait it asks for, in seconds or as a date; 5 to 10 s at random when it says nothing of use
  /// (`docs/protocol/control.md` §4.1).
  static Duration parse(@Nullable String header, Instant now, Entropy entropy) {
    Duration asked = header == null ? Duration.ZERO : read(header.strip(), now);
    if (asked.compareTo(MAX) > 0) {
      return MAX;
    }
    return asked.isPositive()
        ? asked
        : Duration.ofMillis(DEFAULT_MIN_MILLIS + entropy.below(DEFAULT_SPREAD_MILLIS));
  }

  private static Duration read(String header, Instant now) {
    try {
      if (header.matches("\\d+")) {
        boolean huge = header.length() > MAX_DIGITS;
        return huge ? FOREVER : Duration.ofSeconds(Long.parseLong(header));
      }
      return Duration.between(
          now, ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException | ArithmeticException _) {
      return Duration.ZERO;
    }
  }
}

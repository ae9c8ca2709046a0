package dev.weft.runtime.control;

import dev.weft.base.Entropy;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/// What a server that is asked too often wants: the `Retry-After` of a 429.
final class RetryAfter {
  private static final Duration MAX = Duration.ofHours(1);
  private static final int DEFAULT_MIN_MILLIS = 5_000;
  private static final int DEFAULT_SPREAD_MILLIS = 5_000;

  private RetryAfter() {}

  /// The wait it asks for, in seconds or as a date; 5 to 10 s at random when it says nothing of use
  /// (`docs/protocol/control.md` §4.1).
  static Duration parse(@Nullable String header, Instant now, Entropy entropy) {
    Duration asked = header == null ? Duration.ZERO : read(header.strip(), now);
    boolean usable = asked.isPositive() && asked.compareTo(MAX) <= 0;
    return usable
        ? asked
        : Duration.ofMillis(DEFAULT_MIN_MILLIS + entropy.below(DEFAULT_SPREAD_MILLIS));
  }

  private static Duration read(String header, Instant now) {
    try {
      return header.matches("\\d{1,9}")
          ? Duration.ofSeconds(Long.parseLong(header))
          : Duration.between(
              now, ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException _) {
      return Duration.ZERO;
    }
  }
}

package dev.weft.cli;

import java.time.Duration;
import java.util.Optional;

/// Durations as Go writes and reads them: `1.5s`, `300ms`, `1h2m3s`.
final class GoDuration {
  private static final String[] UNITS = {"ns", "us", "µs", "ms", "s", "m", "h"};
  private static final long[] NANOS = {
    1, 1_000, 1_000, 1_000_000, 1_000_000_000L, 60_000_000_000L, 3_600_000_000_000L
  };

  private GoDuration() {}

  static Optional<Duration> parse(String text) {
    boolean negative = text.startsWith("-");
    String rest = negative || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    if (rest.isEmpty()) {
      return Optional.empty();
    }
    double nanos = 0;
    while (!rest.isEmpty()) {
      int digits = span(rest, 0, true);
      int unit = span(rest, digits, false);
      double value = number(rest.substring(0, digits));
      long scale = scale(rest.substring(digits, unit));
      if (Double.isNaN(value) || scale == 0) {
        return Optional.empty();
      }
      nanos += value * scale;
      rest = rest.substring(unit);
    }
    return nanos > Long.MAX_VALUE
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(negative ? -Math.round(nanos) : Math.round(nanos)));
  }

  /// The end of the run of digits and points, or of other characters, that begins at `from`.
  private static int span(String text, int from, boolean numeric) {
    int at = from;
    while (at < text.length() && isNumeric(text.charAt(at)) == numeric) {
      at++;
    }
    return at;
  }

  private static boolean isNumeric(char c) {
    return c == '.' || c >= '0' && c <= '9';
  }

  private static double number(String digits) {
    if (digits.isEmpty() || digits.indexOf('.') != digits.lastIndexOf('.') || digits.equals(".")) {
      return Double.NaN;
    }
    return Double.parseDouble(digits);
  }

  private static long scale(String unit) {
    for (int i = 0; i < UNITS.length; i++) {
      if (UNITS[i].equals(unit)) {
        return NANOS[i];
      }
    }
    return 0;
  }

  /// Whole milliseconds: `0s`, `12ms`, `1.5s`, `1m2.003s`.
  static String formatMillis(long millis) {
    if (millis == 0) {
      return "0s";
    }
    if (millis < 1000) {
      return millis + "ms";
    }
    long minutes = millis / 60_000;
    String hours = minutes >= 60 ? minutes / 60 + "h" : "";
    return hours + (minutes > 0 ? minutes % 60 + "m" : "") + seconds(millis % 60_000) + 's';
  }

  private static String seconds(long millis) {
    long whole = millis / 1000;
    long fraction = millis % 1000;
    if (fraction == 0) {
      return Long.toString(whole);
    }
    String digits = Long.toString(1000 + fraction).substring(1);
    int end = digits.length();
    while (digits.charAt(end - 1) == '0') {
      end--;
    }
    return whole + "." + digits.substring(0, end);
  }
}

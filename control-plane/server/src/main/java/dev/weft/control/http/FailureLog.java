package dev.weft.control.http;

import dev.weft.transport.limit.RateLimit;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says what failed inside requests through no fault of whoever asked, to the admin and to them.
///
/// Each kind of failure is told once a minute: a full disk fails every request.
final class FailureLog {
  private static final double PER_SECOND = 1.0 / 60;
  private static final int MAX_KINDS = 100;

  private final RateLimit<String> kinds = new RateLimit<>(1, PER_SECOND, MAX_KINDS);
  private final Logger log;

  FailureLog() {
    this(LoggerFactory.getLogger(FailureLog.class));
  }

  FailureLog(Logger log) {
    this.log = log;
  }

  /// Logs a failure and says what to answer, if that is still possible.
  Reply answerTo(String method, String path, RuntimeException failure) {
    if (kinds.take(failure.getClass().getName(), System.nanoTime()).isZero()) {
      log.warn("{} {} failed; not told again for a minute", method, path, failure);
    }
    // Only the store does that.
    return failure instanceof UncheckedIOException
        ? Reply.text(503, "cannot store: " + failure.getMessage())
        : Reply.text(500, "internal error");
  }
}

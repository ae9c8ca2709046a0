package dev.weft.runtime.control;

import dev.weft.base.Entropy;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How long a loop rests after a failure: as long as the server asks for, long where only a user
/// can help, else ever longer.
final class Patience {
  private static final Duration NEEDS_USER = Duration.ofMinutes(5);

  private final Backoff backoff;

  Patience(Entropy entropy) {
    this.backoff = new Backoff(entropy);
  }

  Duration after(IOException failure) {
    if (failure instanceof ControlException known) {
      @Nullable Duration asked = known.retryAfter();
      if (asked != null) {
        return asked;
      }
      if (known.needsUser()) {
        return NEEDS_USER;
      }
    }
    return backoff.next();
  }

  /// After something that is no failure, but should not happen in a tight loop either.
  Duration next() {
    return backoff.next();
  }

  void reset() {
    backoff.reset();
  }
}

package dev.weft.relay;

/// A token bucket on the caller's clock.
final class RateLimit {
  private final long nanosPerToken;
  private final long burst;
  private long fullAt;

  /// @param burst how many may pass at once; one more each `nanosPerToken`
  RateLimit(long nanosPerToken, int burst) {
    this.nanosPerToken = nanosPerToken;
    this.burst = burst;
  }

  boolean tryPass(long now) {
    long from = Math.max(fullAt, now);
    if (from + nanosPerToken - now > burst * nanosPerToken) {
      return false;
    }
    fullAt = from + nanosPerToken;
    return true;
  }
}

package dev.weft.netstack;

/// Round-trip time and retransmission timeout (RFC 6298), in nanoseconds.
final class RttEstimator {
  /// RFC 6298 §2: before any sample.
  static final long INITIAL_RTO = 1_000_000_000L;

  /// Below the RFC's one second, as all large stacks: Linux and gVisor use 200 ms.
  static final long MIN_RTO = 200_000_000L;

  static final long MAX_RTO = 60_000_000_000L;

  private long smoothed;
  private long variation;
  private long smallest = Long.MAX_VALUE;
  private int backoff;

  void sample(long rtt) {
    long measured = Math.max(rtt, 1);
    smallest = Math.min(smallest, measured);
    if (smoothed == 0) {
      smoothed = measured;
      variation = measured / 2;
    } else {
      variation += (Math.abs(smoothed - measured) - variation) / 4;
      smoothed += (measured - smoothed) / 8;
    }
    backoff = 0;
  }

  boolean hasSample() {
    return smoothed != 0;
  }

  long smoothed() {
    return smoothed;
  }

  /// The smallest sample; `Long.MAX_VALUE` before the first.
  long smallest() {
    return smallest;
  }

  long timeout() {
    long base = smoothed == 0 ? INITIAL_RTO : smoothed + Math.max(4 * variation, MIN_RTO);
    return Math.min(Math.max(base, MIN_RTO) << Math.min(backoff, 10), MAX_RTO);
  }

  /// RFC 6298 §5.5.
  void backOff() {
    backoff++;
  }

  int backoff() {
    return backoff;
  }

  /// New data was acknowledged: the path is alive (as Linux; RFC 6298 waits for a sample).
  void clearBackoff() {
    backoff = 0;
  }
}

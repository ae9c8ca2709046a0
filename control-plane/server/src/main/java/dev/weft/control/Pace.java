package dev.weft.control;

/// When the next round of messages may begin.
///
/// A change is told at once as long as little happens. Where much happens, changes wait for each
/// other, so that the work of telling them is bounded however many there are: a message costs about
/// the same whether it tells of one node or of fifty.
///
/// Counted in messages: what has not been spent adds up to [#BURST]. A round may overdraw, and
/// never waits longer than [#MAX_WAIT_NANOS] after the last.
final class Pace {
  /// Two rounds a second for 300 streams.
  static final int MESSAGES_PER_SECOND = 600;

  /// Ten rounds for 300 streams.
  static final int BURST = 3_000;

  static final long MAX_WAIT_NANOS = 1_000_000_000;

  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final double PER_NANO = (double) MESSAGES_PER_SECOND / NANOS_PER_SECOND;

  private double credit = BURST;
  private long last;

  Pace(long nowNanos) {
    last = nowNanos;
  }

  /// How long a round that is wanted now has to wait; 0 for not at all.
  long waitNanos(long nowNanos) {
    double available = credit + (nowNanos - last) * PER_NANO;
    long tooLong = Math.max(0, MAX_WAIT_NANOS - (nowNanos - last));
    return available > 0 ? 0 : Math.min(tooLong, (long) Math.ceil((1 - available) / PER_NANO));
  }

  /// A round took place.
  void spend(long nowNanos, int messages) {
    double available = Math.min(BURST, credit + (nowNanos - last) * PER_NANO);
    // A debt of more than a second's worth would be forgiven by the longest wait anyway.
    credit = Math.max(available - messages, -MESSAGES_PER_SECOND);
    last = nowNanos;
  }
}

package dev.weft.netstack;

/// HyStart++ (RFC 9406): leaves slow start when the round-trip time rises, before the queue
/// overflows.
final class HyStart {
  private static final long MIN_RTT_THRESHOLD = 4_000_000;
  private static final long MAX_RTT_THRESHOLD = 16_000_000;
  private static final int MIN_RTT_DIVISOR = 8;
  private static final int RTT_SAMPLES = 8;
  private static final int CSS_GROWTH_DIVISOR = 4;
  private static final int CSS_ROUNDS = 5;

  /// L of RFC 9406 §4.3 for senders that do not pace, as this stack does not: an acknowledgment of
  /// many segments at once must not release twice as many in one burst.
  private static final int LARGEST_STEP_SEGMENTS = 8;

  private boolean active = true;
  private boolean conservative;
  private int conservativeRounds;
  private long baseline;
  private boolean inRound;
  private int roundEnd;
  private long lastRoundRtt = Long.MAX_VALUE;
  private long roundRtt = Long.MAX_VALUE;
  private int samples;

  /// One acknowledgment in slow start.
  ///
  /// @return whether slow start is to end now
  boolean acknowledged(int ackSeq, int nextSeq, long rtt) {
    if (!active) {
      return false;
    }
    if (!inRound || !Seq.before(ackSeq, roundEnd)) {
      startRound(nextSeq);
    }
    if (rtt > 0) {
      roundRtt = Math.min(roundRtt, rtt);
      samples++;
      judge();
    }
    return !active;
  }

  private void startRound(int nextSeq) {
    if (conservative && ++conservativeRounds >= CSS_ROUNDS) {
      active = false;
    }
    inRound = true;
    roundEnd = nextSeq;
    lastRoundRtt = roundRtt;
    roundRtt = Long.MAX_VALUE;
    samples = 0;
  }

  private void judge() {
    if (samples < RTT_SAMPLES) {
      return;
    }
    if (conservative) {
      if (roundRtt < baseline) {
        // The rise was noise: back to slow start.
        conservative = false;
      }
    } else if (lastRoundRtt != Long.MAX_VALUE) {
      long threshold =
          Math.clamp(lastRoundRtt / MIN_RTT_DIVISOR, MIN_RTT_THRESHOLD, MAX_RTT_THRESHOLD);
      if (roundRtt >= lastRoundRtt + threshold) {
        baseline = roundRtt;
        conservative = true;
        conservativeRounds = 0;
      }
    }
  }

  /// By how much an acknowledgment of so many bytes lets the window grow (RFC 9406 §4.2). The cap
  /// is part of slow start and stays when the delay no longer decides where that ends.
  int growth(int bytes, int segmentSize) {
    int capped = Math.min(bytes, LARGEST_STEP_SEGMENTS * segmentSize);
    return active && conservative ? capped / CSS_GROWTH_DIVISOR : capped;
  }

  /// Loss has told more than the round-trip time can; a later slow start follows a timeout and
  /// knows its threshold.
  void finish() {
    active = false;
  }
}

package dev.weft.netstack;

/// Finds lost segments by time (RFC 8985): what was sent sufficiently before something that has
/// arrived, and has not arrived itself, is lost.
final class Rack {
  /// RFC 8985 §6.2 step 4.
  private static final int DUP_THRESHOLD = 3;

  /// RFC 8985 §6.2 step 4: recoveries for which a widened window is kept.
  private static final int WINDOW_PERSISTS = 16;

  /// Quarters of the smallest round trip; the smoothed one bounds the window in any case.
  private static final int MOST_QUARTERS = 255;

  private final Scoreboard board;
  private final RttEstimator rtt;
  private long sentAt;
  private int endSeq;
  private long latestRtt;
  private int forwardAck;
  private boolean any;
  private boolean reorderingSeen;
  private int windowMultiplier = 1;
  private int windowPersist;
  private boolean foundLoss;

  /// SND.NXT when a duplicate was last reported; the next one counts when that is acknowledged.
  private int duplicateRound;

  private boolean inDuplicateRound;

  Rack(Scoreboard board, RttEstimator rtt, int first) {
    this.board = board;
    this.rtt = rtt;
    this.forwardAck = first;
  }

  /// RFC 8985 §6.2 steps 2 and 3: segment `index` has arrived for the first time.
  void delivered(long now, int index) {
    long sent = board.sentAt(index);
    int end = board.endOf(index);
    long measured = now - sent;
    boolean resent = board.wasEverResent(index);
    // Of a retransmission, an acknowledgment that comes too soon is for the original.
    boolean spurious = resent && measured < rtt.smallest();
    if (!spurious && (!any || isLater(sent, end))) {
      any = true;
      sentAt = sent;
      endSeq = end;
      latestRtt = measured;
    }
    if (Seq.before(forwardAck, end)) {
      forwardAck = end;
    } else if (Seq.before(end, forwardAck) && !resent) {
      reorderingSeen = true;
    }
  }

  private boolean isLater(long sent, int end) {
    return sent > sentAt || sent == sentAt && Seq.before(endSeq, end);
  }

  /// RFC 8985 §6.2 step 4: a duplicate arrived at the peer, so a retransmission was not needed;
  /// wait longer from now on. Counted once in a round trip.
  ///
  /// @param ack of the segment that reports it
  void duplicateReported(int ack) {
    if (inDuplicateRound && Seq.before(ack, duplicateRound)) {
      return;
    }
    inDuplicateRound = true;
    duplicateRound = board.end();
    windowMultiplier = Math.min(windowMultiplier + 1, MOST_QUARTERS);
    windowPersist = WINDOW_PERSISTS;
  }

  void recoveryEnded() {
    if (windowPersist > 0 && --windowPersist == 0) {
      windowMultiplier = 1;
    }
  }

  private long reorderWindow(boolean inRecovery) {
    if (!reorderingSeen && (inRecovery || board.sackedSegments() >= DUP_THRESHOLD)) {
      return 0;
    }
    if (!rtt.hasSample()) {
      return 0;
    }
    return Math.min(windowMultiplier * (rtt.smallest() / 4), rtt.smoothed());
  }

  /// RFC 8985 §6.2 step 5: marks what is lost; [#foundLoss] tells whether anything was.
  ///
  /// @return the delay after which to look again, or 0 when nothing is in doubt
  long detect(long now, boolean inRecovery) {
    foundLoss = false;
    if (!any) {
      return 0;
    }
    long window = reorderWindow(inRecovery);
    for (int i = board.oldestInFlight(); i >= 0; ) {
      if (isLater(board.sentAt(i), board.endOf(i))) {
        return 0; // And so were all that follow.
      }
      long remaining = board.sentAt(i) + latestRtt + window - now;
      if (remaining > 0) {
        // The RFC asks for the longest wait; the shortest finds each loss when its time has come.
        return remaining;
      }
      int next = board.nextInFlight(i);
      board.markLost(i);
      foundLoss = true;
      i = next;
    }
    return 0;
  }

  /// RFC 8985 §6.3: at a retransmission timeout the first segment is lost, and whatever was sent a
  /// round trip and a reordering window ago; what has only just been sent is not.
  void markLostAtTimeout(long now) {
    long window = reorderWindow(true);
    if (!board.isSacked(0)) {
      board.markLost(0);
    }
    int i = board.oldestInFlight();
    while (i >= 0 && (!any || board.sentAt(i) + latestRtt + window <= now)) {
      int next = board.nextInFlight(i);
      board.markLost(i);
      i = next;
    }
  }

  boolean foundLoss() {
    return foundLoss;
  }
}

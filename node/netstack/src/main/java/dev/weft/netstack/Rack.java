package dev.weft.netstack;

/// Finds lost segments by time (RFC 8985): what was sent sufficiently before something that has
/// arrived, and has not arrived itself, is lost.
final class Rack {
  /// RFC 8985 §6.2 step 4.
  private static final int DUP_THRESHOLD = 3;

  /// RFC 8985 §6.2 step 4: recoveries for which a widened window is kept.
  private static final int WINDOW_PERSISTS = 16;

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

  /// A duplicate arrived at the peer: a retransmission was not needed, so wait longer.
  void duplicateReported() {
    windowMultiplier = Math.min(windowMultiplier + 1, 32);
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
    long wait = 0;
    for (int i = 0; i < board.size(); i++) {
      if (board.isSacked(i) || board.isLost(i) && !board.isResent(i)) {
        continue;
      }
      if (isLater(board.sentAt(i), board.endOf(i))) {
        if (board.wasEverResent(i)) {
          continue;
        }
        break; // What follows was sent later still.
      }
      long remaining = board.sentAt(i) + latestRtt + window - now;
      if (remaining <= 0) {
        board.markLost(i);
        foundLoss = true;
      } else {
        wait = Math.max(wait, remaining);
      }
    }
    return wait;
  }

  boolean foundLoss() {
    return foundLoss;
  }
}

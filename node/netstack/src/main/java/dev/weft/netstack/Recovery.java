package dev.weft.netstack;

import dev.weft.packet.TcpView;

/// What one connection has in flight, and what to do about losses: RACK-TLP (RFC 8985) over SACK
/// (RFC 2018), NewReno (RFC 6582) towards peers without SACK, proportional rate reduction (RFC
/// 6937), the retransmission timeout (RFC 6298).
///
/// The caller reports what it sends ([#sent], [#resent]) and each acceptable acknowledgment
/// ([#acknowledged]); it asks how much may be sent ([#room]), what first ([#nextLost]), and when to
/// call [#timeout].
final class Recovery {
  /// RFC 8985 §7.2: how long a peer may delay the acknowledgment of a lone segment.
  private static final long MAX_ACK_DELAY = 200_000_000L;

  private static final int DUP_THRESHOLD = 3;

  private enum Phase {
    OPEN,
    RECOVERY,
    LOSS
  }

  /// What the one timer of the sender is waiting for.
  enum Alarm {
    NONE,
    REORDER,
    PROBE,
    RETRANSMIT
  }

  private final Scoreboard board;
  private final RttEstimator rtt = new RttEstimator();
  private final Rack rack;
  private final Cubic cubic;
  private boolean sack;
  private int mss = TcpConnection.DEFAULT_MSS;
  private Phase phase = Phase.OPEN;
  private int recoveryPoint;
  private long reorderDeadline = TimerHeap.NEVER;
  private long timerBase;
  private long lastActivity;
  private int duplicateAcks;

  private int flightAtLoss;
  private int delivered;
  private int sentInRecovery;

  private final TailLossProbe probe = new TailLossProbe();

  private int newlyDelivered;
  private long sampleSentAt;
  private boolean limited;

  /// @param first the sequence number of the first byte, ISS + 1
  Recovery(int first) {
    board = new Scoreboard(first);
    rack = new Rack(board, rtt, first);
    cubic = new Cubic();
    cubic.start(mss);
  }

  /// The handshake is complete and has told what the peer can.
  void start(int segmentSize, boolean withSack) {
    mss = segmentSize;
    sack = withSack;
    cubic.start(segmentSize);
  }

  RttEstimator rtt() {
    return rtt;
  }

  Scoreboard board() {
    return board;
  }

  int window() {
    return cubic.window();
  }

  /// The path takes only shorter segments. What is in flight was too long and is sent again; that
  /// is no sign of congestion.
  void narrow(int segmentSize) {
    mss = segmentSize;
    cubic.setMss(segmentSize);
    board.markAllLost();
  }

  // Sending.

  /// How many bytes the congestion window lets out now.
  int room() {
    int room = cubic.window() - board.pipe() + virtuallySacked();
    // RFC 3042, limited transmit: a duplicate acknowledgment means that a segment left.
    if (phase == Phase.OPEN && board.sackedSegments() + duplicateAcks > 0) {
      room += Math.min(board.sackedSegments() + duplicateAcks, DUP_THRESHOLD - 1) * mss;
    }
    return room;
  }

  void sent(int end, long now) {
    if (board.isEmpty()) {
      timerBase = now;
      if (now - lastActivity > rtt.timeout() && lastActivity > 0) {
        cubic.idle((now - lastActivity) / rtt.timeout());
      }
    }
    int length = end - board.end();
    lastActivity = now;
    board.sent(end, now);
    sentInRecovery += length;
  }

  /// A segment to send again before anything new, or -1.
  int nextLost() {
    return board.hasLost() ? board.nextLost(0) : -1;
  }

  void resent(int index, long now) {
    sentInRecovery += board.lengthOf(index);
    board.markResent(index, now);
    lastActivity = now;
    if (index == 0) {
      timerBase = now;
    }
  }

  /// There was more to send than the window let out: growth means something (RFC 9438 §5.8).
  void windowWasLimit() {
    limited = true;
  }

  // Acknowledgments.

  /// An acknowledgment within `[SND.UNA, SND.NXT]`, with its SACK blocks.
  ///
  /// @param pure it carries no data and does not move the window: a duplicate when it moves nothing
  ///   else
  void acknowledged(long now, TcpView segment, boolean pure) {
    int ack = segment.acknowledgment();
    int before = board.start();
    newlyDelivered = 0;
    sampleSentAt = -1;
    readSack(now, segment, ack);
    acknowledgeTo(now, ack);
    boolean advanced = ack != before;
    if (sampleSentAt >= 0) {
      rtt.sample(now - sampleSentAt);
    }
    if (advanced) {
      rtt.clearBackoff();
      timerBase = now;
    }
    if (newlyDelivered > 0) {
      lastActivity = now;
    }
    countDuplicate(advanced, pure);
    judgeProbe(ack, segment);
    boolean reduced = findLosses(now);
    if (phase == Phase.RECOVERY && !reduced) {
      reduceProportionally(advanced);
    }
    finishRecovery(ack);
    grow(now, ack, advanced);
  }

  private void readSack(long now, TcpView segment, int ack) {
    int blocks = sack ? segment.sackBlocks() : 0;
    for (int b = 0; b < blocks; b++) {
      int left = segment.sackLeft(b);
      int right = segment.sackRight(b);
      if (b == 0 && isDuplicateReport(segment, left, right, ack)) {
        rack.duplicateReported();
      } else if (Seq.before(left, right)
          && Seq.atOrBefore(ack, left)
          && Seq.atOrBefore(right, board.end())) {
        markSacked(now, left, right);
      }
    }
  }

  /// RFC 2883 §4: below the acknowledgment, or within the second block.
  private static boolean isDuplicateReport(TcpView segment, int left, int right, int ack) {
    return Seq.before(left, ack)
        || segment.sackBlocks() > 1
            && Seq.atOrBefore(segment.sackLeft(1), left)
            && Seq.atOrBefore(right, segment.sackRight(1));
  }

  private void markSacked(long now, int left, int right) {
    for (int i = board.firstFrom(left);
        i < board.size() && Seq.atOrBefore(board.endOf(i), right);
        i++) {
      if (!board.isSacked(i)) {
        noteDelivery(now, i);
        newlyDelivered += board.lengthOf(i);
        board.markSacked(i);
      }
    }
  }

  private void acknowledgeTo(long now, int ack) {
    while (!board.isEmpty() && Seq.atOrBefore(board.endOf(0), ack)) {
      if (!board.isSacked(0)) {
        noteDelivery(now, 0);
        newlyDelivered += board.lengthOf(0);
      }
      board.removeFirst();
    }
    if (!board.isEmpty() && Seq.before(board.start(), ack)) {
      newlyDelivered += board.isSacked(0) ? 0 : ack - board.start();
      board.trimFirst(ack);
    }
  }

  private void noteDelivery(long now, int index) {
    rack.delivered(now, index);
    if (!board.wasEverResent(index)) {
      sampleSentAt = Math.max(sampleSentAt, board.sentAt(index));
    }
  }

  private void countDuplicate(boolean advanced, boolean pure) {
    if (advanced) {
      // RFC 6582 §3.2 step 3: a partial acknowledgment uncovers the next loss.
      duplicateAcks = Math.max(0, duplicateAcks - Math.max(1, newlyDelivered / mss - 1));
      if (!sack
          && phase == Phase.RECOVERY
          && !board.isEmpty()
          && !board.isLost(0)
          && Seq.before(board.start(), recoveryPoint)) {
        board.markLost(0);
      }
    } else if (!sack && pure && !board.isEmpty()) {
      duplicateAcks++;
      newlyDelivered = mss;
    }
  }

  /// Without SACK, each duplicate stands for a segment that has arrived.
  private int virtuallySacked() {
    return sack ? 0 : Math.min(duplicateAcks * mss, Math.max(0, board.pipe() - mss));
  }

  /// When the probe repaired a loss silently, the window must still answer for it.
  private void judgeProbe(int ack, TcpView segment) {
    if (probe.repairedLoss(ack, segment, board.isEmpty()) && phase == Phase.OPEN) {
      cubic.congestion();
      cubic.setWindow(cubic.threshold());
    }
  }

  private boolean findLosses(long now) {
    reorderDeadline = TimerHeap.NEVER;
    if (!sack) {
      if (phase == Phase.OPEN && duplicateAcks >= DUP_THRESHOLD && !board.isEmpty()) {
        board.markLost(0);
        enterRecovery();
        return true;
      }
      return false;
    }
    if (board.isClean() && phase == Phase.OPEN) {
      return false;
    }
    long wait = rack.detect(now, phase != Phase.OPEN);
    if (wait > 0) {
      reorderDeadline = now + wait;
    }
    if (rack.foundLoss() && phase == Phase.OPEN) {
      enterRecovery();
      return true;
    }
    return false;
  }

  private void enterRecovery() {
    phase = Phase.RECOVERY;
    recoveryPoint = board.end();
    flightAtLoss = Math.max(board.end() - board.start(), mss);
    delivered = 0;
    sentInRecovery = 0;
    probe.cancel();
    cubic.congestion();
    // RFC 6937: the first retransmission goes out at once.
    cubic.setWindow(board.pipe() - virtuallySacked() + mss);
  }

  /// RFC 6937 §3, with the slow-start reduction bound while the recovery makes progress.
  private void reduceProportionally(boolean advanced) {
    delivered += newlyDelivered;
    int pipe = board.pipe() - virtuallySacked();
    int threshold = cubic.threshold();
    long send;
    if (pipe > threshold) {
      send = ((long) delivered * threshold + flightAtLoss - 1) / flightAtLoss - sentInRecovery;
    } else {
      int bound = Math.max(delivered - sentInRecovery, newlyDelivered) + (advanced ? mss : 0);
      send = Math.min(threshold - pipe, bound);
    }
    boolean partial = !sack && advanced;
    if (sentInRecovery == 0 || partial) {
      send = Math.max(send, mss);
    }
    cubic.setWindow(pipe + (int) Math.max(send, 0));
  }

  private void finishRecovery(int ack) {
    if (phase == Phase.OPEN || Seq.before(ack, recoveryPoint)) {
      return;
    }
    if (phase == Phase.RECOVERY) {
      cubic.setWindow(cubic.threshold());
      rack.recoveryEnded();
    }
    phase = Phase.OPEN;
    duplicateAcks = 0;
  }

  private void grow(long now, int ack, boolean advanced) {
    if (!advanced || phase == Phase.RECOVERY || !limited || newlyDelivered == 0) {
      return;
    }
    long latest = sampleSentAt < 0 ? 0 : now - sampleSentAt;
    cubic.acknowledged(now, newlyDelivered, ack, board.end(), latest, rtt.smoothed());
    limited = cubic.inSlowStart() && limited && !board.isEmpty();
  }

  // Time.

  /// What to wait for, given what is in flight.
  Alarm alarm() {
    if (board.isEmpty()) {
      return Alarm.NONE;
    }
    if (reorderDeadline != TimerHeap.NEVER) {
      return Alarm.REORDER;
    }
    boolean mayProbe =
        sack && phase == Phase.OPEN && !probe.isOutstanding() && rtt.hasSample() && board.isClean();
    return mayProbe && probeDeadline() < timerBase + rtt.timeout() ? Alarm.PROBE : Alarm.RETRANSMIT;
  }

  long deadline() {
    return switch (alarm()) {
      case NONE -> TimerHeap.NEVER;
      case REORDER -> reorderDeadline;
      case PROBE -> probeDeadline();
      case RETRANSMIT -> timerBase + rtt.timeout();
    };
  }

  /// RFC 8985 §7.2.
  private long probeDeadline() {
    long wait = 2 * rtt.smoothed() + (board.size() == 1 ? MAX_ACK_DELAY : 2_000_000L);
    return lastActivity + wait;
  }

  /// The reordering window has passed: what is in doubt is lost.
  void reorderTimeout(long now) {
    if (findLosses(now)) {
      return;
    }
    if (reorderDeadline <= now) {
      reorderDeadline = TimerHeap.NEVER;
    }
  }

  /// The caller sends one segment beyond the window, new data if it has any.
  void probe(boolean resend, long now) {
    probe.sent(resend, board.end());
    timerBase = now;
  }

  /// A retransmission timeout: everything not sacked is lost, sending starts over slowly.
  void retransmitTimeout(long now) {
    if (board.isSacked(0)) {
      board.forgetSacked();
    }
    if (phase != Phase.LOSS) {
      cubic.timeout();
    } else {
      cubic.setWindow(mss);
    }
    board.markAllLost();
    phase = Phase.LOSS;
    recoveryPoint = board.end();
    duplicateAcks = 0;
    probe.cancel();
    reorderDeadline = TimerHeap.NEVER;
    limited = true;
    rtt.backOff();
    timerBase = now;
  }
}

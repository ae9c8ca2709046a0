package dev.weft.netstack;

import dev.weft.packet.TcpView;

/// What one connection has in flight, and what to do about losses: RACK-TLP (RFC 8985) over SACK
/// (RFC 2018), NewReno (RFC 6582) towards peers without SACK, proportional rate reduction (RFC
/// 9937), the retransmission timeout (RFC 6298), and back when a loss was none (RFC 4015).
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

  private final ProportionalReduction reduction = new ProportionalReduction();
  private final TailLossProbe probe = new TailLossProbe();
  private final Spurious spurious = new Spurious();

  /// The SACK blocks of the last acknowledgment: most of the next one's are known already.
  private final int[] knownEdges = new int[8];

  private int knownBlocks;

  private int newlyDelivered;
  private boolean foundLoss;
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
    reduction.sent(end - board.end());
    lastActivity = now;
    board.sent(end, now);
  }

  /// A segment to send again before anything new, or -1.
  int nextLost() {
    return board.hasLost() ? board.nextLost() : -1;
  }

  /// @param timestamp the TSval it carries; 0 when there are none
  void resent(int index, long now, int timestamp) {
    reduction.sent(board.lengthOf(index));
    spurious.resent(board.startOf(index), timestamp);
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
    judgeProbe(ack, segment, pure && !advanced);
    if (advanced && phase != Phase.OPEN && spurious.isForOriginal(segment)) {
      undo();
    }
    findLosses(now);
    if (phase == Phase.RECOVERY) {
      reduceProportionally(advanced);
    }
    finishRecovery(ack);
    grow(now, ack, advanced);
  }

  private void readSack(long now, TcpView segment, int ack) {
    int blocks = sack ? Math.min(segment.sackBlocks(), knownEdges.length / 2) : 0;
    for (int b = 0; b < blocks; b++) {
      int left = segment.sackLeft(b);
      int right = segment.sackRight(b);
      if (b == 0 && isDuplicateReport(segment, left, right, ack)) {
        duplicateReported(left, right, ack);
      } else if (Seq.before(left, right)
          && Seq.atOrBefore(ack, left)
          && Seq.atOrBefore(right, board.end())) {
        markSacked(now, left, right);
      }
    }
    for (int b = 0; b < blocks; b++) {
      knownEdges[2 * b] = segment.sackLeft(b);
      knownEdges[2 * b + 1] = segment.sackRight(b);
    }
    knownBlocks = blocks;
  }

  private void duplicateReported(int left, int right, int ack) {
    if (!probe.explains(right)) {
      rack.duplicateReported(ack);
    }
    if (spurious.duplicateReported(left)) {
      undo();
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
    for (int i = firstUnknown(left, right);
        i < board.size() && Seq.atOrBefore(board.endOf(i), right);
        i++) {
      if (!board.isSacked(i)) {
        noteDelivery(now, i);
        newlyDelivered += board.lengthOf(i);
        board.markSacked(i);
      }
    }
  }

  /// The first segment of a block that the last acknowledgment had not told of: a block of
  /// thousands of segments is not looked through for each acknowledgment.
  private int firstUnknown(int left, int right) {
    int from = left;
    for (int b = 0; b < knownBlocks; b++) {
      if (Seq.atOrBefore(knownEdges[2 * b], left) && Seq.before(from, knownEdges[2 * b + 1])) {
        from = Seq.earlier(knownEdges[2 * b + 1], right);
      }
    }
    int i = board.firstFrom(from);
    boolean reachesIn = i > 0 && Seq.before(from, board.endOf(i - 1));
    return reachesIn && Seq.atOrBefore(left, board.startOf(i - 1)) ? i - 1 : i;
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
  private void judgeProbe(int ack, TcpView segment, boolean isDuplicate) {
    boolean plain = isDuplicate && segment.sackBlocks() == 0;
    if (probe.repairedLoss(ack, segment, plain) && phase == Phase.OPEN) {
      cubic.congestion();
      cubic.setWindow(cubic.threshold());
    }
  }

  private void findLosses(long now) {
    reorderDeadline = TimerHeap.NEVER;
    foundLoss = false;
    if (!sack) {
      if (phase == Phase.OPEN && duplicateAcks >= DUP_THRESHOLD && !board.isEmpty()) {
        board.markLost(0);
        foundLoss = true;
        enterRecovery();
      }
      return;
    }
    if (board.isClean() && phase == Phase.OPEN) {
      return;
    }
    long wait = rack.detect(now, phase != Phase.OPEN);
    if (wait > 0) {
      reorderDeadline = now + wait;
    }
    foundLoss = rack.foundLoss();
    if (foundLoss && phase == Phase.OPEN) {
      enterRecovery();
    }
  }

  private void enterRecovery() {
    phase = Phase.RECOVERY;
    recoveryPoint = board.end();
    probe.cancel();
    spurious.begin();
    cubic.save();
    cubic.congestion();
    // RFC 9937 §6.1, with the bytes that this very acknowledgment tells of.
    reduction.begin(board.end() - board.start() - board.sackedBytes() + newlyDelivered);
  }

  private void reduceProportionally(boolean advanced) {
    int pipe = board.pipe() - virtuallySacked();
    int send =
        reduction.acknowledged(
            newlyDelivered, advanced && !foundLoss, pipe, cubic.threshold(), mss);
    boolean partial = !sack && advanced;
    cubic.setWindow(pipe + (partial ? Math.max(send, mss) : send));
  }

  /// The losses were none: the window is what it was, and what waits to be sent again need not be.
  private void undo() {
    cubic.undo();
    spurious.begin();
    if (phase == Phase.OPEN) {
      return;
    }
    phase = Phase.OPEN;
    duplicateAcks = 0;
    int i;
    while ((i = board.nextLost()) >= 0) {
      board.markFound(i);
    }
  }

  private void finishRecovery(int ack) {
    if (phase == Phase.OPEN || Seq.before(ack, recoveryPoint)) {
      return;
    }
    if (phase == Phase.RECOVERY) {
      cubic.setWindow(cubic.threshold());
    }
    rack.recoveryEnded();
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
    return mayProbe ? Alarm.PROBE : Alarm.RETRANSMIT;
  }

  long deadline() {
    return switch (alarm()) {
      case NONE -> TimerHeap.NEVER;
      case REORDER -> reorderDeadline;
      case PROBE -> probeDeadline();
      case RETRANSMIT -> timerBase + rtt.timeout();
    };
  }

  /// RFC 8985 §7.2: never later than the timeout, in whose place it comes.
  private long probeDeadline() {
    long wait = 2 * rtt.smoothed() + (board.size() == 1 ? MAX_ACK_DELAY : 2_000_000L);
    return Math.min(lastActivity + wait, timerBase + rtt.timeout());
  }

  /// The reordering window has passed: what is in doubt is lost.
  void reorderTimeout(long now) {
    newlyDelivered = 0;
    boolean began = phase == Phase.OPEN;
    findLosses(now);
    if (began && phase == Phase.RECOVERY) {
      reduceProportionally(false);
    }
  }

  /// The caller sends one segment beyond the window, new data if it has any.
  void probe(boolean resend, long now) {
    probe.sent(resend, board.end());
    timerBase = now;
  }

  /// A retransmission timeout: what has been in flight for long is lost, and sending starts over
  /// with one segment (RFC 5681 §3.1).
  void retransmitTimeout(long now) {
    if (phase == Phase.OPEN) {
      cubic.save();
    }
    if (phase != Phase.LOSS) {
      spurious.begin();
      cubic.timeout();
    }
    if (board.isSacked(0)) {
      // The peer has thrown away what it had sacked (RFC 2018 §8).
      board.forgetSacked();
      knownBlocks = 0;
      board.markAllLost();
    } else {
      rack.markLostAtTimeout(now);
    }
    cubic.setWindow(board.pipe() + mss);
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

package dev.weft.netstack;

import dev.weft.packet.TcpView;

/// "Segment arrives": RFC 9293 §3.10.7, in its order, for connections that exist.
final class TcpInput {
  /// RFC 5961 §7 asks for a limit: ten challenge acknowledgments in five seconds.
  private static final int MAX_CHALLENGES = 10;

  private static final long CHALLENGE_PERIOD = 5_000_000_000L;

  /// Empty segments outside of the window are answered this seldom, so that two confused ends do
  /// not talk for ever (Linux' tcp_invalid_ratelimit).
  private static final long STRAY_ACK_INTERVAL = 500_000_000L;

  /// RFC 7323 §5.5: a timestamp this old proves nothing.
  private static final long TIMESTAMP_VALID = 24L * 86_400 * 1_000_000_000;

  /// RFC 9293 §3.8.6.3: far below the half second it allows; Linux' minimum.
  private static final long DELAYED_ACK = 40_000_000L;

  private final Tcp tcp;
  private final TcpHandshake handshake;

  TcpInput(Tcp tcp, TcpHandshake handshake) {
    this.tcp = tcp;
    this.handshake = handshake;
  }

  void arrives(TcpConnection c, TcpView s, long now) {
    switch (c.state) {
      case UNDECIDED -> handshake.undecided(c, s);
      case SYN_SENT -> handshake.synSent(c, s, now);
      case SYN_RECEIVED,
          ESTABLISHED,
          FIN_WAIT_1,
          FIN_WAIT_2,
          CLOSE_WAIT,
          CLOSING,
          LAST_ACK,
          TIME_WAIT ->
          synchronizedStates(c, s, now);
      case CLOSED -> {}
    }
    tcp.agenda.dirty(c);
  }

  // All other states: §3.10.7.4.

  private void synchronizedStates(TcpConnection c, TcpView s, long now) {
    if (!isFresh(c, s, now) || !isAcceptable(c, s, now)) {
      return;
    }
    c.lastHeard = now;
    c.unansweredProbes = 0;
    if (s.has(TcpView.RST)) {
      reset(c, s, now);
      return;
    }
    if (s.has(TcpView.SYN)) {
      // RFC 5961 §4.2.
      challenge(c, now);
      return;
    }
    if (!s.has(TcpView.ACK)) {
      tcp.drop(Drop.USELESS);
      return;
    }
    if (!acknowledge(c, s, now)) {
      return;
    }
    // RFC 7323 §4.3: what is echoed.
    if (c.timestamps
        && Seq.atOrBefore(s.sequence(), c.lastAckSent)
        && Seq.atOrBefore(c.recentTimestamp, s.timestampValue())) {
      c.recentTimestamp = s.timestampValue();
      c.recentTimestampAt = now;
    }
    if (c.state == TcpState.CLOSED) {
      return;
    }
    takeText(c, s, now);
    takeFin(c, s, now);
  }

  /// PAWS, RFC 7323 §5.3.
  private boolean isFresh(TcpConnection c, TcpView s, long now) {
    if (!c.timestamps || s.has(TcpView.RST)) {
      return true;
    }
    if (!s.hasTimestamps()) {
      tcp.drop(Drop.OLD_TIMESTAMP);
      return false;
    }
    boolean old = Seq.before(s.timestampValue(), c.recentTimestamp);
    if (!old || now - c.recentTimestampAt > TIMESTAMP_VALID) {
      return true;
    }
    tcp.drop(Drop.OLD_TIMESTAMP);
    answerUnacceptable(c, s, now);
    return false;
  }

  private boolean isAcceptable(TcpConnection c, TcpView s, long now) {
    int next = c.receiveNext();
    int seq = s.sequence();
    int length = s.sequenceLength();
    boolean acceptable;
    if (length == 0) {
      // Also at the edge itself: where a peer stands that has filled the window.
      acceptable = Seq.atOrBefore(next, seq) && Seq.atOrBefore(seq, c.receiveEdge);
    } else {
      acceptable = Seq.before(seq, c.receiveEdge) && Seq.before(next, seq + length);
    }
    if (acceptable) {
      return true;
    }
    tcp.drop(Drop.OUT_OF_WINDOW);
    if (s.has(TcpView.RST)) {
      return false;
    }
    if (c.state == TcpState.SYN_RECEIVED && s.has(TcpView.SYN) && seq == c.irs) {
      if (s.has(TcpView.ACK)) {
        // Simultaneous open: the peer's SYN again, now with an acknowledgment of ours (RFC 9293
        // §3.5, figure 8).
        c.ackNow = handshake.complete(c, s, now);
      } else {
        c.sendSyn = true; // Our answer to this SYN was lost.
      }
      return false;
    }
    if (c.state == TcpState.TIME_WAIT && s.has(TcpView.FIN)) {
      c.lifeDeadline = now + Tcp.TIME_WAIT;
    }
    answerUnacceptable(c, s, now);
    return false;
  }

  private void answerUnacceptable(TcpConnection c, TcpView s, long now) {
    int length = s.payloadLength();
    if (length == 0 && !s.has(TcpView.FIN)) {
      if (c.lastStrayAck != Long.MIN_VALUE && now - c.lastStrayAck < STRAY_ACK_INTERVAL) {
        return;
      }
      c.lastStrayAck = now;
    } else if (c.sack && length > 0 && Seq.atOrBefore(s.sequence() + length, c.receive.next())) {
      c.receive.noteDuplicate(s.sequence(), s.sequence() + length);
    }
    c.ackNow = true;
  }

  /// RFC 5961 §3.2: only an exact match resets.
  private void reset(TcpConnection c, TcpView s, long now) {
    if (s.sequence() != c.receiveNext()) {
      challenge(c, now);
      return;
    }
    switch (c.state) {
      // RFC 1337: a reset must not cut TIME-WAIT short.
      case TIME_WAIT -> tcp.drop(Drop.SUSPICIOUS);
      case SYN_RECEIVED -> tcp.finish(c, c.isActive ? CloseReason.REFUSED : CloseReason.RESET);
      case CLOSING, LAST_ACK -> tcp.finish(c, CloseReason.FINISHED);
      case ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT -> tcp.finish(c, CloseReason.RESET);
      case UNDECIDED, SYN_SENT, CLOSED -> {}
    }
  }

  private void challenge(TcpConnection c, long now) {
    tcp.drop(Drop.SUSPICIOUS);
    if (c.challengeEpoch == Long.MIN_VALUE || now - c.challengeEpoch >= CHALLENGE_PERIOD) {
      c.challengeEpoch = now;
      c.challenges = 0;
    }
    if (c.challenges < MAX_CHALLENGES) {
      c.challenges++;
      c.ackNow = true;
    }
  }

  /// The ACK field. Returns whether the rest of the segment is to be looked at.
  private boolean acknowledge(TcpConnection c, TcpView s, long now) {
    int ack = s.acknowledgment();
    if (c.state == TcpState.SYN_RECEIVED && !handshake.complete(c, s, now)) {
      return false;
    }
    int una = c.sendUnacked();
    if (Seq.before(c.sendNext(), ack) || Seq.before(ack, una - c.largestSendWindow)) {
      // RFC 5961 §5.2.
      challenge(c, now);
      return false;
    }
    if (Seq.before(ack, una)) {
      return true; // An old duplicate; its text may still be new.
    }
    boolean windowMoved = updateWindow(c, s);
    if (c.recovery.board().isEmpty() && s.sackBlocks() == 0) {
      return true;
    }
    boolean pure = s.payloadLength() == 0 && !windowMoved && !s.has(TcpView.FIN);
    c.recovery.acknowledged(now, s, pure);
    if (ack != una) {
      c.persistCount = 0;
      c.send.acknowledge(ack);
      if (c.finQueued && ack == c.send.end() + 1) {
        finAcknowledged(c, now);
      } else if (c.wantsWritable && c.send.room() > 0) {
        c.raise(TcpConnection.WRITABLE);
      }
    }
    return true;
  }

  /// §3.10.7.4, "ESTABLISHED STATE": the send window from the newest segment.
  private static boolean updateWindow(TcpConnection c, TcpView s) {
    int seq = s.sequence();
    int ack = s.acknowledgment();
    boolean newer =
        Seq.before(c.windowSeq, seq) || c.windowSeq == seq && Seq.atOrBefore(c.windowAck, ack);
    if (!newer) {
      return false;
    }
    int window = s.window() << c.sendShift;
    boolean moved = window != c.sendWindow;
    c.sendWindow = window;
    c.windowSeq = seq;
    c.windowAck = ack;
    c.largestSendWindow = Math.max(c.largestSendWindow, window);
    if (window > 0) {
      c.persistCount = 0;
    }
    return moved;
  }

  private void finAcknowledged(TcpConnection c, long now) {
    switch (c.state) {
      case FIN_WAIT_1 -> {
        c.setState(TcpState.FIN_WAIT_2);
        if (c.appClosed) {
          c.lifeDeadline = now + Tcp.ORPHAN_FIN_WAIT;
        }
      }
      case CLOSING -> tcp.timeWait(c, now);
      case LAST_ACK -> tcp.finish(c, CloseReason.FINISHED);
      case UNDECIDED,
          SYN_SENT,
          SYN_RECEIVED,
          ESTABLISHED,
          FIN_WAIT_2,
          CLOSE_WAIT,
          TIME_WAIT,
          CLOSED -> {}
    }
  }

  /// The segment's text: §3.10.7.4, "Seventh".
  private void takeText(TcpConnection c, TcpView s, long now) {
    int length = s.payloadLength();
    if (length == 0 || !c.state.receives() || c.finReceived) {
      return;
    }
    if (c.inputClosed) {
      // Nobody will ever read it: RFC 9293 §3.6.1.
      tcp.agenda.dirty(c);
      c.abort();
      return;
    }
    int next = c.receive.next();
    int from = Seq.later(s.sequence(), next);
    int to = Seq.earlier(s.sequence() + length, c.receiveEdge);
    if (from != s.sequence() && c.sack) {
      c.receive.noteDuplicate(s.sequence(), Seq.earlier(s.sequence() + length, next));
    }
    if (!Seq.before(from, to)) {
      c.ackNow = true;
      return;
    }
    boolean hadHoles = c.receive.hasHoles();
    int skip = from - s.sequence();
    if (!c.receive.add(from, tcp.segmentArray(), s.payloadOffset() + skip, to - from)) {
      tcp.drop(Drop.NO_MEMORY);
      c.ackNow = true;
      return;
    }
    if (c.receive.next() != next) {
      c.raise(TcpConnection.READABLE);
      measureReceiver(c, s, now);
    }
    c.receiveMss = Math.max(c.receiveMss, Math.min(length, c.mss));
    scheduleAck(c, to - from, hadHoles || c.receive.hasHoles() || c.receive.hasDuplicate(), now);
  }

  /// RFC 9293 §3.8.6.3 and RFC 5681 §4.2: at once for every second full segment and whenever
  /// something is out of order.
  private static void scheduleAck(TcpConnection c, int bytes, boolean urgent, long now) {
    c.unackedBytes += bytes;
    if (urgent || c.unackedBytes >= 2 * c.receiveMss || c.quickAcks > 0) {
      // At the start of a stream the sender's window grows with every acknowledgment.
      c.quickAcks = Math.max(0, c.quickAcks - 1);
      c.ackNow = true;
    } else if (c.ackDeadline == TimerHeap.NEVER) {
      c.ackDeadline = now + DELAYED_ACK;
    }
  }

  /// The round-trip time as the receiver sees it: its echoed timestamp, in milliseconds.
  private static void measureReceiver(TcpConnection c, TcpView s, long now) {
    if (!c.timestamps || s.timestampEcho() == 0) {
      return;
    }
    long age = (TcpOutput.timestamp(c, now) - s.timestampEcho()) & 0xffffffffL;
    if (age < 60_000) {
      long sample = Math.max(age, 1) * 1_000_000;
      c.receiveRtt =
          c.receiveRtt == 0 ? sample : Math.min(sample, c.receiveRtt + (sample - c.receiveRtt) / 8);
    }
  }

  /// The FIN bit: §3.10.7.4, "Eighth". One that is ahead of a hole is kept in mind until the hole
  /// is filled.
  private void takeFin(TcpConnection c, TcpView s, long now) {
    if (s.has(TcpView.FIN) && !c.finReceived && c.state.receives()) {
      int seq = s.sequence() + s.payloadLength();
      if (!c.finKnown && Seq.atOrBefore(seq, c.receiveEdge)) {
        c.finKnown = true;
        c.finSeq = seq;
      }
      c.ackNow = true;
    }
    if (!c.finKnown || c.finReceived || c.receive.next() != c.finSeq) {
      return;
    }
    c.finReceived = true;
    c.ackNow = true;
    c.raise(TcpConnection.READABLE);
    switch (c.state) {
      case ESTABLISHED -> c.setState(TcpState.CLOSE_WAIT);
      case FIN_WAIT_1 -> c.setState(TcpState.CLOSING);
      case FIN_WAIT_2 -> tcp.timeWait(c, now);
      case UNDECIDED, SYN_SENT, SYN_RECEIVED, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT, CLOSED -> {}
    }
  }
}

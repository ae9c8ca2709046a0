package dev.weft.netstack;

import dev.weft.packet.IpProtocol;
import dev.weft.packet.TcpView;
import dev.weft.packet.TcpWriter;

/// Makes a connection's segments: what was lost first, then new data as far as both windows go, an
/// acknowledgment when one is due and no data carried it.
final class TcpOutput {
  static final int TIMESTAMPS_OPTION = 12;

  /// Segments of one connection in one pass. More would only wait in a queue further down, and the
  /// acknowledgments of the first ones should come in before the last ones go out.
  private static final int BURST = 4 * PacketBatch.MAX_SEGMENTS;

  private final Tcp tcp;
  private final PacketBatch batch;
  private final TcpWriter writer = new TcpWriter();
  private final int[] sackEdges = new int[8];
  private final int mtu;
  private int budget;

  TcpOutput(Tcp tcp, PacketBatch batch, int mtu) {
    this.tcp = tcp;
    this.batch = batch;
    this.mtu = mtu;
  }

  /// TSval in milliseconds, from an offset that tells peers nothing about the node's uptime.
  static int timestamp(TcpConnection c, long now) {
    return (int) (now / 1_000_000) + c.timestampOffset;
  }

  /// Sends what may be sent now, but not more than a burst.
  ///
  /// @return whether there is more
  boolean flush(TcpConnection c, long now) {
    budget = BURST;
    if (c.sendReset) {
      c.sendReset = false;
      empty(c, c.sendNext(), TcpView.RST | TcpView.ACK, now);
      return false;
    }
    switch (c.state) {
      case SYN_SENT -> syn(c, TcpView.SYN, now);
      case SYN_RECEIVED -> syn(c, TcpView.SYN | TcpView.ACK, now);
      case ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT -> {
        if (c.state.sends()) {
          resendLost(c, now);
          sendNew(c, now);
        }
        probe(c, now);
        acknowledge(c, now);
      }
      case UNDECIDED, CLOSED -> {}
    }
    return budget <= 0;
  }

  private void syn(TcpConnection c, int flags, long now) {
    if (!c.sendSyn) {
      return;
    }
    c.sendSyn = false;
    boolean answers = (flags & TcpView.ACK) != 0;
    boolean stamps = answers ? c.timestamps : true;
    int options = 4 + (!answers || c.sack ? 4 : 0) + (stamps ? 12 : 0);
    options += !answers || c.receiveShift > 0 ? 4 : 0;
    int header = c.route.writer().headerLength();
    int at = batch.reserve(c.route, header + TcpView.HEADER + options);
    c.route.writer().writeHeader(batch.buffer(), at, IpProtocol.TCP, TcpView.HEADER + options);
    writer.start(batch.buffer(), at + header, c.localPort(), c.remotePort());
    writer.numbers(c.iss, answers ? c.receiveNext() : 0);
    writer.mss(Tcp.pathMss(c.route, mtu));
    if (!answers || c.sack) {
      writer.sackPermitted();
    }
    if (stamps) {
      writer.timestamps(timestamp(c, now), answers ? c.recentTimestamp : 0);
    }
    if (!answers || c.receiveShift > 0) {
      writer.windowScale(TcpConnection.RECEIVE_SHIFT);
    }
    writer.endOptions(flags, Math.min(c.receiveLimit, 0xffff));
    writer.finish(c.route.writer(), 0);
    if (c.synCount++ == 0) {
      c.timestamps = c.isActive || c.timestamps;
    }
    c.synSentAt = now;
    c.synDeadline =
        now + Math.min(RttEstimator.INITIAL_RTO << c.synCount - 1, RttEstimator.MAX_RTO);
  }

  private void resendLost(TcpConnection c, long now) {
    Scoreboard board = c.recovery.board();
    int index = c.recovery.nextLost();
    while (index >= 0 && budget > 0) {
      if (c.recovery.room() < Math.min(c.mss, board.lengthOf(index)) && board.pipe() > 0) {
        c.recovery.windowWasLimit();
        return;
      }
      resend(c, index, now);
      index = board.nextLost();
    }
  }

  /// Sends segment `index` of the scoreboard again; in pieces when the path has become narrower.
  private void resend(TcpConnection c, int index, long now) {
    Scoreboard board = c.recovery.board();
    int end = board.endOf(index);
    for (int seq = board.startOf(index); seq != end; ) {
      int text = Math.min(Seq.earlier(end, c.send.end()) - seq, c.mss);
      boolean fin = seq + text == c.send.end() && end == c.send.end() + 1;
      text(c, seq, text, fin, now);
      seq += text + (fin ? 1 : 0);
    }
    tcp.countResent();
    c.recovery.resent(index, now, c.timestamps ? timestamp(c, now) : 0);
  }

  private void sendNew(TcpConnection c, long now) {
    Scoreboard board = c.recovery.board();
    int end = c.sendEnd();
    int next = board.end();
    while (next != end && !board.isFull() && budget > 0) {
      int text = Math.min(c.send.end() - next, c.mss);
      int usable = c.sendUnacked() + c.sendWindow - next;
      if (text > usable) {
        text = avoidSilly(c, usable);
      }
      boolean fin = c.finQueued && next + text == c.send.end();
      if (text <= 0 && !fin || isHeldByNagle(c, text, fin, board)) {
        break;
      }
      if (c.recovery.room() < text && board.pipe() > 0) {
        c.recovery.windowWasLimit();
        break;
      }
      text(c, next, text, fin, now);
      next += text + (fin ? 1 : 0);
      c.recovery.sent(next, now);
    }
    c.forceSend = false;
    if (next != end && board.isEmpty()) {
      waitForWindow(c, now);
    } else {
      c.persistDeadline = TimerHeap.NEVER;
    }
  }

  /// RFC 9293 §3.8.6.2.1: a part of a segment only when it is half of the largest window, or when
  /// the override timer says so.
  private static int avoidSilly(TcpConnection c, int usable) {
    boolean worthIt = c.forceSend || 2 * usable >= c.largestSendWindow;
    return usable > 0 && worthIt ? usable : 0;
  }

  private static boolean isHeldByNagle(TcpConnection c, int text, boolean fin, Scoreboard board) {
    return !c.noDelay && text < c.mss && !fin && !board.isEmpty();
  }

  /// RFC 9293 §3.8.6.1: nothing in flight will bring a window update, so probe for one.
  private static void waitForWindow(TcpConnection c, long now) {
    if (c.persistDeadline == TimerHeap.NEVER) {
      long wait = c.recovery.rtt().timeout() << Math.min(c.persistCount, 10);
      c.persistDeadline = now + Math.min(wait, RttEstimator.MAX_RTO);
    }
  }

  /// Sends one segment more than the window allows: a tail loss probe (RFC 8985 §7.3).
  void tailLossProbe(TcpConnection c, long now) {
    Scoreboard board = c.recovery.board();
    int next = board.end();
    int text = Math.min(c.send.end() - next, c.mss);
    if (text > 0 && text <= c.sendUnacked() + c.sendWindow - next && !board.isFull()) {
      boolean fin = c.finQueued && next + text == c.send.end();
      text(c, next, text, fin, now);
      c.recovery.sent(next + text + (fin ? 1 : 0), now);
      c.recovery.probe(false, now);
    } else {
      resend(c, board.size() - 1, now);
      c.recovery.probe(true, now);
    }
  }

  private void text(TcpConnection c, int seq, int length, boolean fin, long now) {
    budget--;
    int options = c.timestamps ? TIMESTAMPS_OPTION : 0;
    int header = c.route.writer().headerLength();
    int at = batch.reserve(c.route, header + TcpView.HEADER + options + length);
    boolean last = seq + length == c.send.end();
    int flags = TcpView.ACK | (fin ? TcpView.FIN : 0) | (last && length > 0 ? TcpView.PSH : 0);
    byte[] buffer = batch.buffer();
    c.route.writer().writeHeader(buffer, at, IpProtocol.TCP, TcpView.HEADER + options + length);
    writer.start(buffer, at + header, c.localPort(), c.remotePort());
    writer.numbers(seq, c.receiveNext());
    if (c.timestamps) {
      writer.timestamps(timestamp(c, now), c.recentTimestamp);
    }
    int body = writer.endOptions(flags, window(c));
    c.send.copy(seq, buffer, body, length);
    writer.finish(c.route.writer(), length);
    // Holes are told by a segment of their own: with SACK blocks, batches would not be even.
    if (!c.receive.hasHoles() && !c.receive.hasDuplicate()) {
      acknowledged(c);
    }
  }

  private void probe(TcpConnection c, long now) {
    if (c.probeNow) {
      c.probeNow = false;
      // A number the peer has seen: it must answer with its window (RFC 9293 §3.8.4).
      empty(c, c.sendUnacked() - 1, TcpView.ACK, now);
    }
  }

  private void acknowledge(TcpConnection c, long now) {
    if (!c.ackNow && !opensWindow(c)) {
      return;
    }
    empty(c, c.sendNext(), TcpView.ACK, now);
  }

  /// Whether the peer should hear that there is room again: when a quarter of the buffer has become
  /// free, and it had less than half.
  private static boolean opensWindow(TcpConnection c) {
    if (!c.state.receives()) {
      return false;
    }
    int offered = c.receiveEdge - c.receiveNext();
    int gain = c.possibleEdge() - c.receiveEdge;
    return offered < c.receiveLimit / 2 && gain >= Math.max(c.receiveMss, c.receiveLimit / 4);
  }

  private void empty(TcpConnection c, int seq, int flags, long now) {
    int blocks = 0;
    boolean reset = (flags & TcpView.RST) != 0;
    if (c.sack && !reset && (c.receive.hasHoles() || c.receive.hasDuplicate())) {
      blocks = c.receive.sackBlocks(sackEdges, c.timestamps ? 3 : 4);
    }
    int options = (c.timestamps ? TIMESTAMPS_OPTION : 0) + (blocks > 0 ? 4 + 8 * blocks : 0);
    int header = c.route.writer().headerLength();
    int at = batch.reserve(c.route, header + TcpView.HEADER + options);
    byte[] buffer = batch.buffer();
    c.route.writer().writeHeader(buffer, at, IpProtocol.TCP, TcpView.HEADER + options);
    writer.start(buffer, at + header, c.localPort(), c.remotePort());
    writer.numbers(seq, c.receiveNext());
    if (c.timestamps) {
      writer.timestamps(timestamp(c, now), c.recentTimestamp);
    }
    if (blocks > 0) {
      writer.sack(sackEdges, blocks);
    }
    writer.endOptions(flags, reset ? 0 : window(c));
    writer.finish(c.route.writer(), 0);
    acknowledged(c);
  }

  private static void acknowledged(TcpConnection c) {
    c.ackNow = false;
    c.ackDeadline = TimerHeap.NEVER;
    c.unackedBytes = 0;
    c.lastAckSent = c.receiveNext();
  }

  /// The window field. The edge never moves back (RFC 9293 §3.8.6), and forward only in steps worth
  /// a segment (§3.8.6.2.2).
  private static int window(TcpConnection c) {
    int next = c.receiveNext();
    int gain = c.possibleEdge() - c.receiveEdge;
    if (gain >= Math.min(c.receiveLimit / 2, c.receiveMss)) {
      c.receiveEdge = c.possibleEdge();
    }
    int unit = 1 << c.receiveShift;
    int field = Math.min((Math.max(c.receiveEdge - next, 0) + unit - 1) >> c.receiveShift, 0xffff);
    // Rounded up, so that the edge that the peer computes never lies before the one it knew.
    c.receiveEdge = Seq.later(c.receiveEdge, next + (field << c.receiveShift));
    return field;
  }
}

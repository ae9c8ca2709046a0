package dev.weft.netstack;

import dev.weft.packet.TcpView;

/// How connections begin: SYN-SENT (RFC 9293 §3.10.7.3), SYN-RECEIVED, and what the two sides agree
/// on.
final class TcpHandshake {
  private final Tcp tcp;

  TcpHandshake(Tcp tcp) {
    this.tcp = tcp;
  }

  /// The peer repeats its SYN until the application has decided, or gives up.
  void undecided(TcpConnection c, TcpView s) {
    if (s.has(TcpView.RST) && s.sequence() == c.receiveNext()) {
      tcp.finish(c, CloseReason.RESET);
    }
  }

  void synSent(TcpConnection c, TcpView s, long now) {
    boolean acked = s.has(TcpView.ACK);
    if (acked && s.acknowledgment() != c.iss + 1) {
      tcp.resetStray(c.route, s);
      tcp.drop(Drop.SUSPICIOUS);
      return;
    }
    if (s.has(TcpView.RST)) {
      if (acked) {
        tcp.finish(c, CloseReason.REFUSED);
      } else {
        tcp.drop(Drop.SUSPICIOUS);
      }
      return;
    }
    if (!s.has(TcpView.SYN)) {
      tcp.drop(Drop.USELESS);
      return;
    }
    learnSyn(c, s, now);
    if (acked) {
      establish(c, s, now);
      c.raise(TcpConnection.CONNECTED);
      c.ackNow = true;
    } else {
      // Simultaneous open.
      c.setState(TcpState.SYN_RECEIVED);
      c.sendSyn = true;
    }
  }

  /// Takes the peer's initial number and options from its SYN. Also for a passive open.
  void learnSyn(TcpConnection c, TcpView s, long now) {
    c.irs = s.sequence();
    c.receive.start(c.irs + 1);
    c.receiveEdge = c.receiveNext() + Math.min(c.receiveLimit, 0xffff);
    int offered = s.mss() < 0 ? TcpConnection.DEFAULT_MSS : s.mss();
    c.timestamps = s.hasTimestamps() && (!c.isActive || c.timestamps);
    // Our own limit is the path's; tiny offers would make the headers most of the traffic.
    int largest = Math.min(Math.max(offered, 64), tcp.pathMss(c.route));
    c.mss = largest - (c.timestamps ? 12 : 0);
    c.receiveMss = c.mss;
    c.sack = s.isSackPermitted();
    if (s.windowScale() >= 0) {
      // RFC 7323 §2.3: larger ones are 14.
      c.sendShift = Math.min(s.windowScale(), 14);
      c.receiveShift = TcpConnection.RECEIVE_SHIFT;
    } else {
      c.sendShift = 0;
      c.receiveShift = 0;
      c.receiveLimit = Math.min(c.receiveLimit, 0xffff);
    }
    if (c.timestamps) {
      c.recentTimestamp = s.timestampValue();
      c.recentTimestampAt = now;
    }
    c.lastHeard = now;
    c.lastAckSent = c.receiveNext();
    // The window of a SYN is never scaled.
    c.sendWindow = s.window();
    c.largestSendWindow = c.sendWindow;
    c.windowSeq = s.sequence();
  }

  /// Our SYN is acknowledged.
  private void establish(TcpConnection c, TcpView s, long now) {
    c.synAcked = true;
    c.sendSyn = false;
    c.synDeadline = TimerHeap.NEVER;
    c.recovery.start(c.mss, c.sack);
    if (c.synCount == 1) {
      c.recovery.rtt().sample(now - c.synSentAt);
      c.receiveRtt = now - c.synSentAt;
    }
    boolean scaled = !s.has(TcpView.SYN);
    c.sendWindow = scaled ? s.window() << c.sendShift : s.window();
    c.largestSendWindow = Math.max(c.largestSendWindow, c.sendWindow);
    c.windowSeq = s.sequence();
    c.windowAck = s.acknowledgment();
    c.tuneStart = now;
    c.setState(TcpState.ESTABLISHED);
  }

  /// The acknowledgment that a connection in SYN-RECEIVED waits for.
  ///
  /// @return whether it is that
  boolean complete(TcpConnection c, TcpView s, long now) {
    if (s.acknowledgment() != c.iss + 1) {
      tcp.resetStray(c.route, s);
      tcp.drop(Drop.SUSPICIOUS);
      return false;
    }
    establish(c, s, now);
    c.raise(TcpConnection.CONNECTED);
    if (c.finQueued) {
      c.setState(TcpState.FIN_WAIT_1);
    }
    return true;
  }
}

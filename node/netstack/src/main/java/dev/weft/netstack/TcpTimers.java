package dev.weft.netstack;

/// What the passing of time does to a connection. Each deadline is checked on its own; several may
/// have come.
final class TcpTimers {
  /// Linux' tcp_syn_retries and tcp_synack_retries: about two minutes and one.
  private static final int SYN_RETRIES = 6;

  private static final int SYN_ACK_RETRIES = 5;

  /// Retransmissions without an answer: about five minutes with a short round trip. An orphan has
  /// nobody to wait for it.
  private static final int RETRIES = 13;

  private static final int ORPHAN_RETRIES = 8;

  /// RFC 9293 §3.8.4 leaves it open; Linux sends nine.
  private static final int KEEP_ALIVE_PROBES = 9;

  /// How soon a writer that got no memory tries again.
  private static final long MEMORY_RETRY = 50_000_000L;

  private final Tcp tcp;
  private final TcpOutput output;

  TcpTimers(Tcp tcp, TcpOutput output) {
    this.tcp = tcp;
    this.output = output;
  }

  void fire(TcpConnection c, long now) {
    if (c.lifeDeadline <= now) {
      lifeEnded(c);
    }
    if (c.synDeadline <= now) {
      synTimeout(c);
    }
    if (c.ackDeadline <= now) {
      c.ackDeadline = TimerHeap.NEVER;
      c.ackNow = true;
    }
    if (c.state.sends() && c.recovery.deadline() <= now) {
      sendTimeout(c, now);
    }
    if (c.persistDeadline <= now) {
      persist(c);
    }
    if (c.keepAliveDeadline <= now) {
      keepAlive(c, now);
    }
    if (c.memoryDeadline <= now) {
      c.memoryDeadline = TimerHeap.NEVER;
      c.raise(TcpConnection.WRITABLE);
    }
    tcp.agenda.dirty(c);
  }

  private void lifeEnded(TcpConnection c) {
    c.lifeDeadline = TimerHeap.NEVER;
    switch (c.state) {
      case TIME_WAIT -> tcp.finish(c, CloseReason.FINISHED);
      case UNDECIDED -> {
        c.sendReset = true;
        tcp.finish(c, CloseReason.TIMED_OUT);
      }
      case SYN_SENT,
          SYN_RECEIVED,
          ESTABLISHED,
          FIN_WAIT_1,
          FIN_WAIT_2,
          CLOSE_WAIT,
          CLOSING,
          LAST_ACK ->
          tcp.finish(c, CloseReason.TIMED_OUT);
      case CLOSED -> {}
    }
  }

  private void synTimeout(TcpConnection c) {
    c.synDeadline = TimerHeap.NEVER;
    if (c.synCount > (c.isActive ? SYN_RETRIES : SYN_ACK_RETRIES)) {
      tcp.finish(c, CloseReason.TIMED_OUT);
    } else {
      c.sendSyn = true;
    }
  }

  private void sendTimeout(TcpConnection c, long now) {
    switch (c.recovery.alarm()) {
      case NONE -> {}
      case REORDER -> c.recovery.reorderTimeout(now);
      case PROBE -> output.tailLossProbe(c, now);
      case RETRANSMIT -> {
        if (c.recovery.rtt().backoff() >= (c.appClosed ? ORPHAN_RETRIES : RETRIES)) {
          tcp.finish(c, CloseReason.TIMED_OUT);
        } else {
          tcp.countTimeout();
          c.recovery.retransmitTimeout(now);
        }
      }
    }
  }

  /// RFC 9293 §3.8.6.1: a peer that answers may keep its window closed for as long as it likes,
  /// unless the application is gone.
  private void persist(TcpConnection c) {
    c.persistDeadline = TimerHeap.NEVER;
    boolean hopeless =
        c.appClosed ? c.persistCount >= ORPHAN_RETRIES : c.unansweredProbes >= RETRIES;
    c.persistCount++;
    c.unansweredProbes++;
    if (hopeless) {
      tcp.finish(c, CloseReason.TIMED_OUT);
    } else if (c.sendWindow > 0) {
      c.forceSend = true;
    } else {
      c.probeNow = true;
    }
  }

  private void keepAlive(TcpConnection c, long now) {
    c.keepAliveDeadline = TimerHeap.NEVER;
    boolean silent = now - c.lastHeard >= c.keepAliveIdle;
    if (!silent || !c.recovery.board().isEmpty()) {
      return;
    }
    if (c.unansweredProbes++ >= KEEP_ALIVE_PROBES) {
      tcp.finish(c, CloseReason.TIMED_OUT);
    } else {
      c.probeNow = true;
    }
  }

  /// Starts the timers that only the application's calls ask for. Called at each flush.
  static void arm(TcpConnection c, long now) {
    if (c.isStarved) {
      c.isStarved = false;
      c.memoryDeadline = now + MEMORY_RETRY;
    }
    armKeepAlive(c, now);
  }

  private static void armKeepAlive(TcpConnection c, long now) {
    if (c.keepAliveIdle <= 0 || c.keepAliveDeadline != TimerHeap.NEVER) {
      return;
    }
    if (c.state.isSynchronized() && c.state != TcpState.TIME_WAIT) {
      c.keepAliveDeadline =
          c.unansweredProbes > 0
              ? now + c.keepAliveInterval
              : Math.max(c.lastHeard + c.keepAliveIdle, now + 1);
    }
  }
}

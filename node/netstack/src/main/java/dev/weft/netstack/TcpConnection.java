package dev.weft.netstack;

import dev.weft.base.Endpoint;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The transmission control block of one connection (RFC 9293 §3.3.1) and the calls of its
/// application.
///
/// It holds all state and decides nothing about segments: [TcpInput] changes it for what arrives,
/// [TcpOutput] for what is sent, [TcpTimers] for what the time brings.
final class TcpConnection extends TimerHeap.Entry implements TcpSocket {
  /// What the handler is to be told.
  static final int CONNECTED = 1;

  static final int READABLE = 2;
  static final int WRITABLE = 4;
  static final int CLOSED = 8;

  /// RFC 9293 §3.7.1: what a peer takes that names no maximum segment size.
  static final int DEFAULT_MSS = 536;

  static final int INITIAL_RECEIVE_BUFFER = 256 << 10;
  static final int INITIAL_SEND_BUFFER = 128 << 10;

  /// Our scale (RFC 7323 §2.3): 65,535 << 8 is 16 MiB, the largest buffer.
  static final int RECEIVE_SHIFT = 8;

  final Tcp tcp;
  final Route route;
  final long localHigh;
  final long localLow;
  final long remoteHigh;
  final long remoteLow;
  final int ports;

  TcpState state;
  @Nullable TcpHandler handler;
  @Nullable TcpAcceptor acceptor;
  int events;
  boolean isReady;
  boolean isDirty;
  boolean countsAsHalfOpen;
  CloseReason closeReason = CloseReason.FINISHED;

  // The handshake.
  final int iss;
  int irs;
  boolean isActive;
  boolean synAcked;
  boolean sendSyn;
  int synCount;
  long synSentAt;

  // Sending.
  final SendBuffer send;
  final Recovery recovery;
  int mss = DEFAULT_MSS;
  int sendWindow;
  int sendShift;
  int largestSendWindow;
  int windowSeq;
  int windowAck;
  boolean noDelay = true;
  boolean finQueued;
  boolean wantsWritable;
  boolean isStarved;
  boolean probeNow;
  boolean forceSend;
  boolean sendReset;

  // Receiving.
  final ReceiveBuffer receive;
  int receiveShift;
  int receiveEdge;
  int receiveLimit = INITIAL_RECEIVE_BUFFER;
  int receiveMss = DEFAULT_MSS;
  boolean inputClosed;
  boolean finReceived;
  boolean finKnown;
  int finSeq;
  boolean ackNow;
  int unackedBytes;
  int quickAcks = 16;
  int lastAckSent;

  // Receive window tuning.
  long receiveRtt;
  long tuneStart;
  int tuneRead;

  // Options.
  boolean sack;
  boolean timestamps;
  final int timestampOffset;
  int recentTimestamp;
  long recentTimestampAt;

  // Deadlines, each NEVER when it does not run.
  long synDeadline = TimerHeap.NEVER;
  long ackDeadline = TimerHeap.NEVER;
  long persistDeadline = TimerHeap.NEVER;
  long keepAliveDeadline = TimerHeap.NEVER;
  long lifeDeadline = TimerHeap.NEVER;
  long memoryDeadline = TimerHeap.NEVER;
  int persistCount;
  long keepAliveIdle;
  long keepAliveInterval;
  int unansweredProbes;
  long lastHeard;
  long challengeEpoch = Long.MIN_VALUE;
  int challenges;
  long lastStrayAck = Long.MIN_VALUE;
  boolean appClosed;

  TcpConnection(Tcp tcp, Route route, int localPort, int remotePort, TcpState state, int iss) {
    this.tcp = tcp;
    this.route = route;
    localHigh = route.localHigh();
    localLow = route.localLow();
    remoteHigh = route.remoteHigh();
    remoteLow = route.remoteLow();
    ports = localPort << 16 | remotePort;
    this.state = state;
    this.iss = iss;
    timestampOffset = tcp.secrets.timestampOffset(route, ports);
    send = new SendBuffer(tcp.pool, iss + 1, INITIAL_SEND_BUFFER);
    receive = new ReceiveBuffer(tcp.pool);
    recovery = new Recovery(iss + 1);
  }

  boolean matches(long lHigh, long lLow, long rHigh, long rLow, int portPair) {
    return ports == portPair
        && remoteLow == rLow
        && localLow == lLow
        && remoteHigh == rHigh
        && localHigh == lHigh;
  }

  int localPort() {
    return ports >>> 16;
  }

  int remotePort() {
    return ports & 0xffff;
  }

  /// SND.UNA.
  int sendUnacked() {
    return synAcked ? recovery.board().start() : iss;
  }

  /// SND.NXT.
  int sendNext() {
    if (!synAcked) {
      return synCount == 0 ? iss : iss + 1;
    }
    return recovery.board().end();
  }

  /// The sequence number after everything that is to be sent, our FIN included.
  int sendEnd() {
    return send.end() + (finQueued ? 1 : 0);
  }

  boolean isFinSent() {
    return finQueued && sendNext() == send.end() + 1;
  }

  /// RCV.NXT.
  int receiveNext() {
    return receive.next() + (finReceived ? 1 : 0);
  }

  /// Bytes of the receive buffer that are free, as an edge of the window.
  int possibleEdge() {
    return receiveNext() + Math.max(0, receiveLimit - receive.readable());
  }

  void setState(TcpState next) {
    if (countsAsHalfOpen && !next.isHalfOpen()) {
      tcp.halfOpen.leave(this);
    }
    state = next;
  }

  void raise(int event) {
    events |= event;
    tcp.agenda.ready(this);
  }

  void markDirty() {
    tcp.agenda.dirty(this);
  }

  @Override
  long deadline() {
    long first =
        Math.min(Math.min(synDeadline, ackDeadline), Math.min(keepAliveDeadline, lifeDeadline));
    first = Math.min(first, Math.min(persistDeadline, memoryDeadline));
    return state.sends() ? Math.min(first, recovery.deadline()) : first;
  }

  @Override
  public Endpoint local() {
    return route.local(localPort());
  }

  @Override
  public Endpoint remote() {
    return route.remote(remotePort());
  }

  @Override
  public TcpState state() {
    return state;
  }

  @Override
  public void setHandler(TcpHandler newHandler) {
    handler = newHandler;
    if (events != 0) {
      tcp.agenda.ready(this);
    }
  }

  @Override
  public int read(ByteBuffer target) {
    int length = receive.read(target);
    if (length > 0) {
      tuneRead += length;
      markDirty(); // The window may open.
    }
    return length;
  }

  @Override
  public int readableBytes() {
    return receive.readable();
  }

  @Override
  public boolean isInputEnded() {
    return finReceived && receive.readable() == 0;
  }

  @Override
  public int write(ByteBuffer source) {
    if (finQueued || !(state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT)) {
      return 0;
    }
    int offered = source.remaining();
    int taken = send.append(source);
    if (taken > 0) {
      markDirty();
    }
    wantsWritable = taken < offered;
    if (wantsWritable && send.length() == 0) {
      // No memory at all, and no acknowledgment will come to say that there is room again.
      isStarved = true;
      markDirty();
    }
    return taken;
  }

  @Override
  public int writableBytes() {
    return finQueued ? 0 : send.room();
  }

  @Override
  public int unacknowledgedBytes() {
    return send.length();
  }

  @Override
  public void shutdownOutput() {
    if (finQueued) {
      return;
    }
    switch (state) {
      case ESTABLISHED -> queueFin(TcpState.FIN_WAIT_1);
      case CLOSE_WAIT -> queueFin(TcpState.LAST_ACK);
      // RFC 9293 §3.10.4: queued until established; here the FIN waits in the flag.
      case SYN_RECEIVED -> finQueued = true;
      case SYN_SENT, UNDECIDED -> tcp.finish(this, CloseReason.ABORTED);
      case FIN_WAIT_1, FIN_WAIT_2, CLOSING, LAST_ACK, TIME_WAIT, CLOSED -> {}
    }
  }

  private void queueFin(TcpState next) {
    finQueued = true;
    setState(next);
    markDirty();
  }

  @Override
  public void close() {
    if (appClosed) {
      return;
    }
    appClosed = true;
    inputClosed = true;
    if (receive.readable() > 0 && state.receives()) {
      abort();
      return;
    }
    receive.clear();
    shutdownOutput();
    if (state != TcpState.CLOSED && state != TcpState.TIME_WAIT) {
      tcp.orphan(this);
    }
  }

  @Override
  public void abort() {
    appClosed = true;
    inputClosed = true;
    receive.clear();
    if (state == TcpState.CLOSED) {
      return;
    }
    // RFC 9293 §3.10.5: a reset where the peer knows of the connection.
    sendReset = state != TcpState.SYN_SENT && state != TcpState.TIME_WAIT;
    tcp.finish(this, CloseReason.ABORTED);
    markDirty();
  }

  @Override
  public void setNoDelay(boolean on) {
    noDelay = on;
    markDirty();
  }

  @Override
  public void setKeepAlive(long idleNanos, long intervalNanos) {
    keepAliveIdle = idleNanos;
    keepAliveInterval = intervalNanos;
    unansweredProbes = 0;
    keepAliveDeadline = TimerHeap.NEVER;
    markDirty(); // The next flush knows the time and starts the timer.
  }

  @Override
  public String toString() {
    return local() + " " + state + " " + remote();
  }
}

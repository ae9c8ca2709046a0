package dev.weft.netstack;

import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.packet.IpProtocol;
import dev.weft.packet.IpView;
import dev.weft.packet.PacketCheck;
import dev.weft.packet.TcpView;
import dev.weft.packet.TcpWriter;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// All TCP connections of a stack: which one a segment belongs to, who listens, what is to be told
/// and sent.
final class Tcp {
  /// 2 MSL (RFC 9293 §3.4.2), with the 30 s that Linux takes for MSL.
  static final long TIME_WAIT = 60_000_000_000L;

  /// How long a closed socket waits for the peer's FIN (Linux' tcp_fin_timeout).
  static final long ORPHAN_FIN_WAIT = 60_000_000_000L;

  /// How long an application may think about a SYN; the peer has given up by then.
  private static final long UNDECIDED_LIFE = 60_000_000_000L;

  /// Nothing narrower is believed: segments of a few bytes would be an attack (RFC 5927 §7.2).
  private static final int SMALLEST_MTU = 576;

  private static final int SMALLEST_V6_MTU = 1280;

  final TcpSecrets secrets;
  final BufferPool pool;
  final HalfOpen halfOpen;
  final Agenda agenda = new Agenda();

  private final NetstackConfig config;
  private final Addresses addresses;
  private final Drops drops;
  private final PacketBatch batch;
  private final FlowTable flows;
  private final Map<Integer, TcpAcceptor> listeners = new HashMap<>();
  private final ArrayDeque<TcpConnection> timeWaits = new ArrayDeque<>();

  /// What the application has let go of and the peer has not finished, the oldest first.
  private final LinkedHashSet<TcpConnection> orphans = new LinkedHashSet<>();

  private final TimerHeap timers = new TimerHeap();
  private final TcpHandshake handshake = new TcpHandshake(this);
  private final TcpInput input = new TcpInput(this, handshake);
  private final TcpOutput output;
  private final TcpTimers alarms;
  private final TcpView view = new TcpView();
  private final TcpWriter writer = new TcpWriter();
  private @Nullable Consumer<TcpRequest> forwarder;
  private @Nullable TcpConnection last;
  private byte[] segmentArray = new byte[0];
  private long now;
  private long resentSegments;
  private long timeouts;

  Tcp(NetstackConfig config, Entropy entropy, Addresses addresses, Drops drops, PacketBatch batch) {
    this.config = config;
    this.addresses = addresses;
    this.drops = drops;
    this.batch = batch;
    pool = new BufferPool(config.memoryLimit());
    halfOpen = new HalfOpen(config.maxHalfOpen());
    secrets = new TcpSecrets(entropy);
    flows = new FlowTable(entropy.nextLong(), entropy.nextLong());
    output = new TcpOutput(this, batch, config.mtu());
    alarms = new TcpTimers(this, output);
  }

  // Packets in.

  /// One TCP packet whose IP header is checked.
  ///
  /// @param own whether its destination is an own address
  void handle(IpView ip, boolean own, long time) {
    now = time;
    if (view.wrap(ip.array(), ip.transportOffset(), ip.transportLength()) != PacketCheck.VALID) {
      drop(Drop.MALFORMED);
      return;
    }
    segmentArray = ip.array();
    TcpConnection c = find(ip);
    if (c != null && c.state == TcpState.TIME_WAIT && isReopening(c)) {
      int oldEnd = c.sendNext();
      finish(c, CloseReason.FINISHED);
      open(ip, own, oldEnd);
    } else if (c != null) {
      input.arrives(c, view, now);
    } else {
      open(ip, own, 0);
    }
  }

  private @Nullable TcpConnection find(IpView ip) {
    int ports = view.destinationPort() << 16 | view.sourcePort();
    long localHigh = ip.destinationHigh();
    long localLow = ip.destinationLow();
    long remoteHigh = ip.sourceHigh();
    long remoteLow = ip.sourceLow();
    TcpConnection c = last;
    if (c != null && c.matches(localHigh, localLow, remoteHigh, remoteLow, ports)) {
      return c;
    }
    c = flows.find(localHigh, localLow, remoteHigh, remoteLow, ports);
    last = c;
    return c;
  }

  /// RFC 9293 §3.10.7.4 and RFC 6191: a SYN that cannot be an old duplicate ends TIME-WAIT.
  private boolean isReopening(TcpConnection c) {
    boolean syn = view.has(TcpView.SYN) && !view.has(TcpView.RST | TcpView.ACK);
    boolean newer =
        c.timestamps
            && view.hasTimestamps()
            && Seq.before(c.recentTimestamp, view.timestampValue());
    return syn && (newer || Seq.before(c.receiveNext(), view.sequence()));
  }

  /// A segment without a connection: RFC 9293 §3.10.7.1 and §3.10.7.2.
  private void open(IpView ip, boolean own, int pastEnd) {
    if (view.has(TcpView.RST)) {
      drop(Drop.NO_SOCKET);
      return;
    }
    Route route =
        addresses.route(ip.destinationHigh(), ip.destinationLow(), ip.sourceHigh(), ip.sourceLow());
    TcpAcceptor acceptor = own ? listeners.get(view.destinationPort()) : null;
    Consumer<TcpRequest> asked = forwarder;
    boolean syn = view.has(TcpView.SYN) && !view.has(TcpView.ACK) && !view.has(TcpView.FIN);
    if (!syn || acceptor == null && asked == null || isOwnEcho(route)) {
      drop(Drop.NO_SOCKET);
      resetStray(route, view);
      return;
    }
    if (!makeRoom(Route.ip(route.remoteHigh(), route.remoteLow()))) {
      // Silence: the peer tries again, when there may be room.
      drop(Drop.TOO_MANY_CONNECTIONS);
      return;
    }
    TcpState first = acceptor == null ? TcpState.UNDECIDED : TcpState.SYN_RECEIVED;
    TcpConnection c = create(route, view.destinationPort(), view.sourcePort(), first, pastEnd);
    halfOpen.enter(c);
    handshake.learnSyn(c, view, now);
    if (acceptor != null) {
      c.acceptor = acceptor;
      c.sendSyn = true;
      halfOpen.answer(c);
    } else if (asked != null) {
      c.lifeDeadline = now + UNDECIDED_LIFE;
      asked.accept(new PendingRequest(c));
    }
    agenda.dirty(c);
  }

  /// Whether there is room for one more connection, with what may be given up for it.
  private boolean makeRoom(Ip remote) {
    if (!halfOpen.hasRoomFor(remote)) {
      return false;
    }
    if (halfOpen.isFull()) {
      TcpConnection oldest = halfOpen.oldestAnswered();
      if (oldest == null) {
        return false;
      }
      drop(Drop.TOO_MANY_CONNECTIONS);
      finish(oldest, CloseReason.TIMED_OUT);
    }
    return makeRoomInTable();
  }

  /// In a full table what has ended for the application makes room: a peer that lets its
  /// connections be closed and then falls silent would else hold each of them for a minute.
  boolean makeRoomInTable() {
    if (isFull()) {
      forgetOldestTimeWait();
    }
    if (isFull() && !orphans.isEmpty()) {
      drop(Drop.TOO_MANY_CONNECTIONS);
      orphans.getFirst().abort();
    }
    return !isFull();
  }

  /// A connection to oneself from the very same port would be answered by its own segments.
  private boolean isOwnEcho(Route route) {
    return view.sourcePort() == view.destinationPort()
        && route.localLow() == route.remoteLow()
        && route.localHigh() == route.remoteHigh();
  }

  private TcpConnection create(
      Route route, int localPort, int remotePort, TcpState state, int pastEnd) {
    int ports = localPort << 16 | remotePort;
    int iss = secrets.initialSequence(route, ports, now);
    if (pastEnd != 0 && Seq.before(iss, pastEnd)) {
      iss = pastEnd + 0x10000;
    }
    TcpConnection c = new TcpConnection(this, route, localPort, remotePort, state, iss);
    flows.add(c);
    return c;
  }

  /// The array that the segment at hand lies in.
  byte[] segmentArray() {
    return segmentArray;
  }

  int pathMss(Route route) {
    return pathMss(route, config.mtu());
  }

  static int pathMss(Route route, int mtu) {
    return mtu - route.writer().headerLength() - TcpView.HEADER;
  }

  void drop(Drop reason) {
    drops.count(reason);
  }

  /// The reset for a segment that no connection wants (RFC 9293 §3.10.7.1).
  void resetStray(Route route, TcpView s) {
    if (s.has(TcpView.RST)) {
      return;
    }
    boolean acked = s.has(TcpView.ACK);
    int header = route.writer().headerLength();
    int at = batch.reserve(route, header + TcpView.HEADER);
    route.writer().writeHeader(batch.buffer(), at, IpProtocol.TCP, TcpView.HEADER);
    writer.start(batch.buffer(), at + header, s.destinationPort(), s.sourcePort());
    writer.numbers(acked ? s.acknowledgment() : 0, acked ? 0 : s.sequence() + s.sequenceLength());
    writer.endOptions(acked ? TcpView.RST : TcpView.RST | TcpView.ACK, 0);
    writer.finish(route.writer(), 0);
  }

  // Errors about our segments.

  /// RFC 1191 and RFC 8201: a router has dropped a segment that was too long for the next hop.
  void pathIsNarrower(IpView quoted, TcpView segment, int mtu) {
    TcpConnection c = findQuoted(quoted, segment);
    if (c == null || mtu < SMALLEST_MTU) {
      return;
    }
    if (!c.route.writer().isV4() && mtu < SMALLEST_V6_MTU) {
      drop(Drop.SUSPICIOUS); // RFC 8201 §4: every link carries that much.
      return;
    }
    int narrower = pathMss(c.route, mtu) - (c.timestamps ? TcpOutput.TIMESTAMPS_OPTION : 0);
    if (narrower < c.mss) {
      c.mss = narrower;
      c.recovery.narrow(narrower);
      agenda.dirty(c);
    }
  }

  /// RFC 5927 §4.1: only fatal before a connection exists; later a router's trouble may pass.
  void unreachable(IpView quoted, TcpView segment) {
    TcpConnection c = findQuoted(quoted, segment);
    if (c != null && c.state == TcpState.SYN_SENT) {
      finish(c, CloseReason.UNREACHABLE);
    }
  }

  /// Whoever vouches for the remote address says that it will not take this connection. Means
  /// nothing to one that it has taken.
  void reject(Route route, int localPort, int remotePort) {
    TcpConnection c =
        flows.find(
            route.localHigh(),
            route.localLow(),
            route.remoteHigh(),
            route.remoteLow(),
            localPort << 16 | remotePort);
    if (c != null && c.state == TcpState.SYN_SENT) {
      finish(c, CloseReason.PROHIBITED);
    }
  }

  /// The connection that the quoted segment is of, if it is in flight (RFC 5927 §4.1).
  private @Nullable TcpConnection findQuoted(IpView quoted, TcpView segment) {
    int ports = segment.sourcePort() << 16 | segment.destinationPort();
    TcpConnection c =
        flows.find(
            quoted.sourceHigh(),
            quoted.sourceLow(),
            quoted.destinationHigh(),
            quoted.destinationLow(),
            ports);
    if (c == null || !Seq.within(segment.sequence(), c.sendUnacked(), c.sendNext())) {
      drop(Drop.SUSPICIOUS);
      return null;
    }
    return c;
  }

  // The application.

  void setForwarder(@Nullable Consumer<TcpRequest> asked) {
    forwarder = asked;
  }

  boolean listen(int port, TcpAcceptor acceptor) {
    return listeners.putIfAbsent(port, acceptor) == null;
  }

  boolean isListening(int port) {
    return listeners.containsKey(port);
  }

  void unlisten(int port) {
    listeners.remove(port);
  }

  /// Whether a connection would not collide with one that exists.
  boolean isFree(Route r, int localPort, int remotePort) {
    int ports = localPort << 16 | remotePort;
    return flows.find(r.localHigh(), r.localLow(), r.remoteHigh(), r.remoteLow(), ports) == null;
  }

  private boolean isFull() {
    return flows.size() >= config.maxConnections();
  }

  TcpConnection connect(long time, Route route, int localPort, int remotePort, TcpHandler handler) {
    now = time;
    TcpConnection c = create(route, localPort, remotePort, TcpState.SYN_SENT, 0);
    c.isActive = true;
    c.handler = handler;
    c.sendSyn = true;
    agenda.dirty(c);
    return c;
  }

  // Life and death.

  /// Both directions are closed and acknowledged; the connection lingers for stray segments.
  void timeWait(TcpConnection c, long time) {
    now = time;
    c.setState(TcpState.TIME_WAIT);
    orphans.remove(c);
    c.send.clear();
    stopTimers(c);
    c.lifeDeadline = now + TIME_WAIT;
    c.raise(TcpConnection.CLOSED);
    while (!timeWaits.isEmpty() && timeWaits.getFirst().state != TcpState.TIME_WAIT) {
      timeWaits.removeFirst();
    }
    if (timeWaits.size() >= config.maxTimeWait()) {
      forgetOldestTimeWait();
    }
    timeWaits.addLast(c);
  }

  private void forgetOldestTimeWait() {
    TcpConnection oldest;
    do {
      oldest = timeWaits.pollFirst();
    } while (oldest != null && oldest.state != TcpState.TIME_WAIT);
    if (oldest != null) {
      finish(oldest, CloseReason.FINISHED);
    }
  }

  /// The connection ends here and now.
  void finish(TcpConnection c, CloseReason reason) {
    if (c.state == TcpState.CLOSED) {
      return;
    }
    boolean told = c.state == TcpState.TIME_WAIT;
    c.setState(TcpState.CLOSED);
    c.send.clear();
    if (c.appClosed) {
      c.receive.clear(); // Else it may still be read, even after a reset.
    }
    stopTimers(c);
    timers.remove(c);
    orphans.remove(c);
    flows.remove(c);
    if (last == c) {
      last = null;
    }
    if (!told) {
      c.closeReason = reason;
      c.raise(TcpConnection.CLOSED);
    }
  }

  private static void stopTimers(TcpConnection c) {
    c.synDeadline = TimerHeap.NEVER;
    c.ackDeadline = TimerHeap.NEVER;
    c.persistDeadline = TimerHeap.NEVER;
    c.keepAliveDeadline = TimerHeap.NEVER;
    c.lifeDeadline = TimerHeap.NEVER;
    c.memoryDeadline = TimerHeap.NEVER;
  }

  /// The application has let go of a connection that still has to finish.
  void orphan(TcpConnection c) {
    orphans.add(c);
    if (c.state == TcpState.FIN_WAIT_2) {
      c.lifeDeadline = now + ORPHAN_FIN_WAIT;
    }
    agenda.dirty(c);
  }

  // Passes.

  /// Sends what is due.
  void emit(long time) {
    now = time;
    TcpConnection c;
    while ((c = agenda.pollDirty()) != null) {
      tune(c);
      if (output.flush(c, now)) {
        agenda.defer(c);
      }
      TcpTimers.arm(c, now);
      if (c.state != TcpState.CLOSED) {
        timers.update(c);
      }
    }
  }

  /// Lets the windows grow with what the path carries, unless memory is tight.
  private void tune(TcpConnection c) {
    if (!c.state.isSynchronized()) {
      return;
    }
    boolean tight = pool.isTight();
    int wanted = Math.min(2 * c.recovery.window(), config.maxSendBuffer());
    c.send.setLimit(
        tight
            ? TcpConnection.INITIAL_SEND_BUFFER
            : Math.max(wanted, TcpConnection.INITIAL_SEND_BUFFER));
    if (now - c.tuneStart < Math.max(c.receiveRtt, 1_000_000)) {
      return;
    }
    // Dynamic right-sizing: twice what the application took in a round trip lets the sender double
    // its rate.
    long wish = 2L * c.tuneRead;
    if (!tight && c.receiveShift > 0 && wish > c.receiveLimit) {
      c.receiveLimit = (int) Math.min(wish, config.maxReceiveBuffer());
    }
    c.tuneRead = 0;
    c.tuneStart = now;
  }

  void handleTimeout(long time) {
    now = time;
    TimerHeap.Entry due;
    while ((due = timers.poll(now)) != null) {
      alarms.fire((TcpConnection) due, now); // Marks it dirty: the next emit puts it back.
    }
  }

  long nextTimeout() {
    return timers.next();
  }

  void countResent() {
    resentSegments++;
  }

  void countTimeout() {
    timeouts++;
  }

  long resentSegments() {
    return resentSegments;
  }

  long timeouts() {
    return timeouts;
  }

  int connections() {
    return flows.size();
  }
}

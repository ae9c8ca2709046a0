package dev.weft.engine.magicsock;

import dev.weft.base.Deadlines;
import dev.weft.base.Endpoint;
import dev.weft.disco.DiscoMessage;
import dev.weft.disco.TxId;
import dev.weft.engine.Destination;
import dev.weft.engine.Path;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.NodeKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The paths to one peer: its candidates, the pings under way, and the best path so far.
final class PeerLink {
  /// Sends on behalf of a link: seals, and knows what all links share.
  interface Shared {
    void sendDisco(Path to, PeerLink link, DiscoMessage message, MagicSock.Output out);

    /// Tells the peer where we are, through its relay, now or as soon as we know.
    void callMeMaybe(long now, PeerLink link, MagicSock.Output out);

    NodeKey self();

    TxId newTxId();

    boolean isConnected(int region);

    void pathFound(Endpoint endpoint, PeerLink link);
  }

  private static final long NEVER = Candidate.NEVER;

  final Deadlines.Deadline<PeerLink> deadline;

  private final Shared shared;
  private final Candidates candidates = new Candidates();
  private final SentPings pings = new SentPings();
  private PeerPaths peer;

  /// What the last map said. [#peer] has another key when the peer has told one since.
  private DiscoKey mappedDisco;

  private @Nullable BestPath best;
  private Destination destination = Destination.NOWHERE;

  /// The last thing of value sent: data, or a ping a person asked for.
  private long lastSend = NEVER;

  private long lastFullPing = NEVER;
  private long lastCall = NEVER;
  private long nextHeartbeat = Deadlines.NEVER;

  /// The region on whose connection the peer was last heard; 0 when none.
  private int heardRegion;

  /// A call-me-maybe waits for our endpoints.
  boolean owesCall;

  PeerLink(long now, PeerPaths peer, Deadlines<PeerLink> timers, Shared shared) {
    this.peer = peer;
    this.mappedDisco = peer.disco();
    this.shared = shared;
    this.deadline = timers.add(this);
    candidates.setMapped(now, peer.endpoints());
  }

  PeerPaths peer() {
    return peer;
  }

  /// Takes what a new map says. A map that repeats the disco key of the one before says nothing new
  /// about it: control may not know yet what the peer has told us.
  void update(long now, PeerPaths newer, MagicSock.Output out) {
    boolean sameAsBefore = newer.disco().equals(mappedDisco);
    mappedDisco = newer.disco();
    become(now, sameAsBefore ? newer.withDisco(peer.disco()) : newer, out);
  }

  /// The peer itself has told its disco key.
  void learn(long now, DiscoKey disco, MagicSock.Output out) {
    become(now, peer.withDisco(disco), out);
  }

  private void become(long now, PeerPaths newer, MagicSock.Output out) {
    boolean restarted = !newer.disco().equals(peer.disco());
    peer = newer;
    candidates.setMapped(now, newer.endpoints());
    if (restarted || newer.expired()) {
      // A new process has new sockets; what we knew of the old one says nothing about it.
      pings.clear();
      candidates.forgetPings();
      lastCall = NEVER;
      setBest(null, out);
    }
  }

  // ---- Sending (docs/protocol/dataplane.md §3.5)

  /// Where datagrams go that are sent now. Those to a path that is not proven are a reason to
  /// [#discover] when they are on their way.
  Destination destination(long now) {
    if (peer.expired()) {
      return Destination.NOWHERE;
    }
    touch(now);
    BestPath direct = best;
    if (direct == null) {
      destination = new Destination(null, relayPath(), false);
    } else if (!direct.isTrusted(now)) {
      destination = new Destination(new Path.Udp(direct.endpoint()), relayPath(), false);
    } else if (!isProvenAlready(direct.endpoint())) {
      destination = new Destination(new Path.Udp(direct.endpoint()), null, true);
    }
    return destination;
  }

  /// Whether the last destination is just that, so that most batches need no new one.
  private boolean isProvenAlready(Endpoint direct) {
    Path.Udp last = destination.direct();
    return destination.isProven() && last != null && last.remote().equals(direct);
  }

  void discover(long now, MagicSock.Output out) {
    discover(now, SentPings.OWN, out);
  }

  /// A ping that a person asked for; the first pong answers it.
  void pingOnRequest(long now, long request, int padding, MagicSock.Output out) {
    if (peer.expired() || peer.disco().isZero()) {
      return;
    }
    touch(now);
    BestPath direct = best;
    if (direct != null && direct.isTrusted(now)) {
      ping(now, new Path.Udp(direct.endpoint()), request, padding, out);
      return;
    }
    Path relayed = relayPath();
    if (relayed != null) {
      ping(now, relayed, request, padding, out);
    }
    discover(now, request, out);
  }

  /// The relay to use: the peer's home, unless only another connection is known to lead to it.
  Path.@Nullable Derp relayPath() {
    int home = peer.homeDerp();
    boolean heardElsewhere = heardRegion != 0 && shared.isConnected(heardRegion);
    if (heardElsewhere && (home == 0 || !shared.isConnected(home))) {
      return new Path.Derp(heardRegion, peer.key());
    }
    return home == 0 ? null : new Path.Derp(home, peer.key());
  }

  private void touch(long now) {
    lastSend = now;
    if (nextHeartbeat == Deadlines.NEVER && !peer.disco().isZero()) {
      nextHeartbeat = now + Timing.HEARTBEAT_INTERVAL;
    }
  }

  /// Pings every candidate that was not pinged just now, and asks the peer to do the same.
  ///
  /// Calls have an interval of their own. Were they tied to pings, two peers whose rounds coincide
  /// would starve each other: a call makes its receiver ping, and so not call.
  private void discover(long now, long request, MagicSock.Output out) {
    if (peer.disco().isZero()) {
      return;
    }
    pingCandidates(now, request, out);
    if (!candidates.all().isEmpty() && now - lastCall >= Timing.DISCO_PING_INTERVAL) {
      lastCall = now;
      shared.callMeMaybe(now, this, out);
    }
  }

  private void pingCandidates(long now, long request, MagicSock.Output out) {
    candidates.prune(now);
    boolean sent = false;
    for (Candidate candidate : candidates.all()) {
      if (candidate.mayBePinged(now)) {
        candidate.pinged = now;
        ping(now, new Path.Udp(candidate.endpoint), request, 0, out);
        sent = true;
      }
    }
    if (sent) {
      lastFullPing = now;
    }
  }

  private void ping(long now, Path to, long request, int padding, MagicSock.Output out) {
    TxId txId = shared.newTxId();
    pings.add(txId, new SentPings.Sent(to, now, request));
    shared.sendDisco(to, this, new DiscoMessage.Ping(txId, shared.self(), padding), out);
  }

  // ---- Receiving (§2.3, §3.6)

  /// A ping of this peer, already opened.
  void handlePing(long now, Path from, DiscoMessage.Ping ping, MagicSock.Output out) {
    switch (from) {
      case Path.Derp(int region, _) -> {
        heardRegion = region;
        answer(from, ping, MagicSock.relayEndpoint(region), out);
      }
      case Path.Udp(Endpoint remote) -> {
        Candidate candidate = candidates.heard(now, remote);
        if (candidate != null && ping.txId().equals(candidate.lastPing)) {
          return;
        }
        answer(from, ping, remote, out);
        if (candidate != null) {
          candidate.lastPing = ping.txId();
          pingBack(now, candidate, out);
        }
      }
    }
  }

  /// The peer has just shown that its packets arrive from there: while we lack a path and have use
  /// for one, the way back is worth a ping of our own.
  private void pingBack(long now, Candidate candidate, MagicSock.Output out) {
    BestPath direct = best;
    boolean wanted = isActive(now) && (direct == null || !direct.isTrusted(now));
    if (wanted && candidate.mayBePingedBack(now)) {
      candidate.pinged = now;
      candidate.pingedBack = now;
      ping(now, new Path.Udp(candidate.endpoint), SentPings.OWN, 0, out);
    }
  }

  private void answer(Path to, DiscoMessage.Ping ping, Endpoint source, MagicSock.Output out) {
    shared.sendDisco(to, this, new DiscoMessage.Pong(ping.txId(), source), out);
  }

  /// Returns false when the pong answers no ping of this link.
  boolean handlePong(long now, Path from, DiscoMessage.Pong pong, MagicSock.Output out) {
    SentPings.Sent sent = pings.take(pong.txId(), from);
    if (sent == null) {
      return false;
    }
    long latency = now - sent.at();
    if (from instanceof Path.Udp(Endpoint remote)) {
      shared.pathFound(remote, this);
      consider(now, remote, latency, out);
    }
    if (sent.request() != SentPings.OWN) {
      pings.answered(sent.request());
      out.pingResult(sent.request(), peer.key(), from, latency);
    }
    return true;
  }

  private void consider(long now, Endpoint endpoint, long latency, MagicSock.Output out) {
    BestPath current = best;
    boolean same = current != null && current.endpoint().equals(endpoint);
    boolean replace =
        current == null
            || same
            || !current.isTrusted(now)
            || BestPath.isBetter(endpoint, latency, current.endpoint(), current.latencyNanos());
    if (replace) {
      setBest(new BestPath(endpoint, latency, now + Timing.TRUST_UDP), out);
    }
  }

  /// A call-me-maybe of this peer, which came by relay.
  void handleCall(long now, List<Endpoint> endpoints, MagicSock.Output out) {
    candidates.setCalled(now, endpoints.subList(0, Math.min(endpoints.size(), Candidates.LIMIT)));
    // Not `discover`: a call answered by a call would never end.
    pingCandidates(now, SentPings.OWN, out);
  }

  void heardThroughRelay(int region) {
    heardRegion = region;
  }

  void goneFromRelay(int region) {
    if (heardRegion == region) {
      heardRegion = 0;
    }
  }

  // ---- Timers

  void handleTimeout(long now, MagicSock.Output out) {
    for (SentPings.Sent lost : pings.takeTimedOut(now)) {
      BestPath direct = best;
      if (direct != null
          && lost.to().equals(new Path.Udp(direct.endpoint()))
          && !direct.isTrusted(now)) {
        setBest(null, out);
      }
    }
    if (now >= nextHeartbeat) {
      heartbeat(now, out);
    }
  }

  private void heartbeat(long now, MagicSock.Output out) {
    if (!isActive(now) || peer.expired() || peer.disco().isZero()) {
      nextHeartbeat = Deadlines.NEVER;
      return;
    }
    nextHeartbeat = now + Timing.HEARTBEAT_INTERVAL;
    BestPath direct = best;
    if (direct != null) {
      ping(now, new Path.Udp(direct.endpoint()), SentPings.OWN, 0, out);
    }
    if (wantsFullPing(now, direct)) {
      discover(now, SentPings.OWN, out);
    }
  }

  private boolean wantsFullPing(long now, @Nullable BestPath direct) {
    if (direct == null || !direct.isTrusted(now) || lastFullPing == NEVER) {
      return true;
    }
    return direct.latencyNanos() > Timing.GOOD_ENOUGH_LATENCY
        && now - lastFullPing >= Timing.UPGRADE_INTERVAL;
  }

  long nextTimeout() {
    return Math.min(nextHeartbeat, pings.nextTimeout());
  }

  // ---- Connectivity

  /// Our own sockets or routes have changed: nothing that was proven still is.
  void forgetTrust(long now) {
    candidates.forgetPings();
    lastCall = NEVER;
    BestPath direct = best;
    if (direct != null) {
      best = new BestPath(direct.endpoint(), direct.latencyNanos(), now);
    }
  }

  PathStatus status(long now) {
    int region = relayPath() instanceof Path.Derp(int r, _) ? r : 0;
    long sent = lastSend == NEVER ? -1 : lastSend;
    BestPath direct = best;
    return direct != null && direct.isTrusted(now)
        ? new PathStatus(direct.endpoint(), region, direct.latencyNanos(), sent)
        : new PathStatus(null, region, 0, sent);
  }

  private boolean isActive(long now) {
    return now - lastSend <= Timing.SESSION_ACTIVE;
  }

  private void setBest(@Nullable BestPath next, MagicSock.Output out) {
    BestPath before = best;
    best = next;
    Endpoint from = before == null ? null : before.endpoint();
    Endpoint to = next == null ? null : next.endpoint();
    if (to == null ? from != null : !to.equals(from)) {
      out.pathChanged(peer.key(), to);
    }
  }
}

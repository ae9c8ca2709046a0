package dev.weft.wireguard;

import dev.weft.base.Deadlines;
import dev.weft.keys.NodeKey;
import org.jspecify.annotations.Nullable;

/// The state kept for one peer: its sessions, timers, staged packets and counters.
///
/// The three session slots are those of the WireGuard paper (`docs/protocol/dataplane.md` §1.4):
/// what is sent goes by `current`; `next` waits for the first message of the initiator, which
/// proves that it has the key; `previous` still receives what was on its way.
final class Peer {
  /// Between initiations of one peer, 1/50 s.
  private static final long INITIATION_INTERVAL = 20_000_000L;

  private final SessionTable table;
  private final OutgoingMacs macs;
  private final byte @Nullable [] staticAgreement;
  private final Timers timers;
  private final StagedPackets staged;
  private final Deadlines.Deadline<Peer> deadline;
  private KnownPeer config;

  private @Nullable Keypair previous;
  private @Nullable Keypair current;
  private @Nullable Keypair next;
  private @Nullable Initiation pending;

  private Tai64n lastInitiationStamp = Tai64n.ZERO;
  private long lastInitiationReceived = -INITIATION_INTERVAL;
  private long lastHandshakeSent = -Timers.REKEY_ATTEMPT_TIME;
  private long quietBefore = Timers.REKEY_ATTEMPT_TIME;
  private long handshakeGap;
  private int eagerInitiations;
  private int retries;
  private boolean renewedOnReceive;

  private long rxBytes;
  private long txBytes;
  private long lastHandshake = -1;

  /// @param staticAgreement of our static key and the peer's, if there is one
  Peer(KnownPeer config, byte @Nullable [] staticAgreement, Common common) {
    this.config = config;
    table = common.table();
    macs = new OutgoingMacs(config.key());
    this.staticAgreement = staticAgreement;
    timers = common.timers();
    staged = common.staged();
    deadline = common.deadlines().add(this);
  }

  /// What a peer shares with the others, and what was made for it.
  record Common(
      SessionTable table, Deadlines<Peer> deadlines, Timers timers, StagedPackets staged) {}

  PeerId id() {
    return config.id();
  }

  NodeKey key() {
    return config.key();
  }

  KnownPeer config() {
    return config;
  }

  void reconfigure(KnownPeer newer) {
    config = newer;
  }

  /// `null` when the peer's key has low order; then there never is a handshake.
  byte @Nullable [] staticAgreement() {
    return staticAgreement;
  }

  OutgoingMacs macs() {
    return macs;
  }

  Timers timers() {
    return timers;
  }

  StagedPackets staged() {
    return staged;
  }

  Deadlines.Deadline<Peer> deadline() {
    return deadline;
  }

  @Nullable Keypair current() {
    return current;
  }

  /// Whether the gap that keeps handshakes from flooding is over; an answer counts as ours.
  boolean mayInitiate(long now) {
    return now - lastHandshakeSent >= handshakeGap;
  }

  /// How long to leave the peer before the next initiation.
  ///
  /// A node that has just joined is often faster than its control server: the first initiation
  /// reaches a peer that has not been told of it, and is dropped. So the first few to a peer
  /// without a session come sooner than REKEY_TIMEOUT, which is 5 s. Peers allow 50 a second.
  long handshakeGap() {
    return handshakeGap;
  }

  /// The handshake message just sent was an initiation.
  void initiationSent() {
    if (quietBefore >= Timers.REKEY_ATTEMPT_TIME) {
      eagerInitiations = 0; // a new attempt, not one that goes on
    }
    boolean eager = current == null && eagerInitiations < Timers.EAGER_INITIATIONS;
    handshakeGap = eager ? Timers.FIRST_EAGER_GAP << eagerInitiations++ : Timers.REKEY_TIMEOUT;
  }

  void handshakeSent(long now, int bytes) {
    quietBefore = now - lastHandshakeSent;
    lastHandshakeSent = now;
    handshakeGap = Timers.REKEY_TIMEOUT;
    txBytes += bytes;
  }

  /// Counts another try; false when it was the last.
  boolean retry() {
    return ++retries <= Timers.MAX_RETRIES + 1;
  }

  void resetRetries() {
    retries = 0;
  }

  /// True once per session: the initiator renews it on received data near its end.
  boolean isDueForRekeyOnReceive(long now) {
    Keypair session = current;
    if (renewedOnReceive
        || session == null
        || !session.isInitiator()
        || session.age(now) < Timers.REKEY_AFTER_TIME_RECEIVING) {
      return false;
    }
    renewedOnReceive = true;
    return true;
  }

  /// Judges the timestamp of an initiation; `null` when it counts.
  @Nullable Drop acceptInitiation(long now, Tai64n stamp) {
    if (stamp.compareTo(lastInitiationStamp) <= 0) {
      return Drop.REPLAYED_INITIATION;
    }
    if (now - lastInitiationReceived < INITIATION_INTERVAL) {
      return Drop.INITIATION_FLOOD;
    }
    lastInitiationStamp = stamp;
    lastInitiationReceived = now;
    return null;
  }

  /// A new initiation takes the place of one that was not answered.
  void awaitResponse(Initiation initiation) {
    table.retire(pending);
    table.add(initiation);
    pending = initiation;
  }

  /// The response came: the new session is proven from the start.
  void beginAsInitiator(Keypair session) {
    table.retire(pending);
    pending = null;
    table.retire(previous);
    if (next != null) {
      previous = next;
      next = null;
      table.retire(current);
    } else {
      previous = current;
    }
    current = session;
    table.add(session);
  }

  /// We answered: the new session waits for the initiator's first message. An initiation of our own
  /// stays open, so that two sides that start at once both succeed.
  void beginAsResponder(Keypair session) {
    table.retire(next);
    table.retire(previous);
    previous = null;
    next = session;
    table.add(session);
  }

  /// An authentic message came in a session. True when that was the proof `next` waited for.
  boolean confirm(Keypair session) {
    if (session != next) {
      return false;
    }
    table.retire(previous);
    previous = current;
    current = session;
    next = null;
    return true;
  }

  void handshakeComplete(long now) {
    timers.handshakeComplete();
    retries = 0;
    renewedOnReceive = false;
    lastHandshake = now;
  }

  /// Forgets all keys.
  void clearSessions() {
    table.retire(previous);
    table.retire(current);
    table.retire(next);
    table.retire(pending);
    previous = null;
    current = null;
    next = null;
    pending = null;
  }

  void received(int bytes) {
    rxBytes += bytes;
  }

  void sent(int bytes) {
    txBytes += bytes;
  }

  PeerStats stats(long now) {
    boolean established = current != null && !current.isExpired(now);
    return new PeerStats(rxBytes, txBytes, lastHandshake, established);
  }
}

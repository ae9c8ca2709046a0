package dev.weft.wireguard;

import static dev.weft.wireguard.Messages.RECEIVER;
import static dev.weft.wireguard.Messages.TRANSPORT;
import static dev.weft.wireguard.Messages.TRANSPORT_OVERHEAD;

import dev.weft.base.Counters;
import dev.weft.base.Datagrams;
import dev.weft.base.Deadlines;
import dev.weft.base.Entropy;
import dev.weft.base.Segments;
import dev.weft.crypto.AeadProvider;
import dev.weft.keys.NodePrivateKey;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The WireGuard endpoint of one private key, for all its peers.
///
/// It owns handshakes, sessions, their timers, replay windows, staged packets and counters. The
/// caller passes every datagram from the network to [#handleDatagrams], every packet for a peer to
/// [#handlePackets], what its implementation of [Output#open] opened to [#handleOpened], and calls
/// [#handleTimeout] at [#nextTimeout]. One thread calls everything; [Output#deliver] may call
/// [#handlePackets], no other output may call back except [Output#open] into [#handleOpened].
///
/// It does not route packets, choose paths, or do cipher work on data ([SessionKey]).
public final class WireGuard {
  /// The longest priority message (`docs/protocol/dataplane.md` §1.7).
  public static final int PRIORITY_MESSAGE_MAX = 512;

  /// Limits of a sealed batch: what Linux takes as one segmented datagram.
  private static final int MAX_BATCH = 64;

  private static final int MAX_BATCH_BYTES = 65_000;

  private static final Segments KEEPALIVE = Segments.single(new byte[0], 0, 0);

  private final Config config;
  private final PeerSource source;
  private final Entropy entropy;
  private final Counters<Drop> drops = new Counters<>(Drop.class);
  private final SessionTable table;
  private final Handshakes handshakes;
  private final InnerPackets inner = new InnerPackets(drops);
  private final Deadlines<Peer> deadlines = new Deadlines<>();
  private final StagedPackets.Budget stagedBudget = new StagedPackets.Budget();
  private final byte[] handshake = new byte[Messages.INITIATION_LENGTH];
  private @Nullable Peer[] peers = new Peer[16];

  public WireGuard(Config config, PeerSource source, Entropy entropy) {
    this.config = config;
    this.source = source;
    this.entropy = entropy;
    table = new SessionTable(entropy);
    handshakes = new Handshakes(config, source, entropy, table, drops);
  }

  /// @param mtu of the overlay; padding does not go beyond it
  /// @param aead the cipher of the sessions
  public record Config(NodePrivateKey privateKey, int mtu, AeadProvider aead) {}

  /// Where everything goes.
  public interface Output {
    /// Seal a batch with [SessionKey#seal] and transmit it to the peer. Results of one key keep
    /// their order.
    void seal(SessionKey key, long firstCounter, Segments plain);

    /// Open a batch with [SessionKey#open] and pass it to [WireGuard#handleOpened], in the order of
    /// the calls.
    ///
    /// @param sealed at most [OpenedBatch#MAX_COUNT] messages, borrowed for the call
    void open(SessionKey key, Datagrams sealed, PathId from);

    /// A handshake message to a peer, by whatever path is best.
    void transmit(PeerId to, Segments datagram);

    /// A cookie reply, to exactly where its cause came from: whose it was is not known.
    void reply(PathId to, Segments datagram);

    /// Packets of a peer, with sources that it may use.
    void deliver(PeerId from, Segments ipPackets);

    /// Something authentic of the peer came by this path.
    void heard(PeerId peer, PathId from);

    void event(SessionEvent event);
  }

  /// Tells the time of day, on start and whenever it was set. Handshakes carry it. Within a process
  /// they go on rising when it was set back; [#resumeAfter] makes them do so across restarts.
  public void setWallClock(long now, Instant wallNow) {
    long unixNanos = wallNow.getEpochSecond() * 1_000_000_000L + wallNow.getNano();
    handshakes.setWallClock(now, unixNanos);
  }

  /// Goes on where an earlier process with this key ended: no initiation will carry this time or an
  /// earlier one, which peers would take for a replay. Nanoseconds since 1970.
  public void resumeAfter(long unixNanos) {
    handshakes.resumeAfter(unixNanos);
  }

  /// The latest time that an initiation carried, or that [#resumeAfter] told: what a process that
  /// takes over this key has to know. Nanoseconds since 1970; never goes back.
  public long lastInitiationTime() {
    return handshakes.lastStamp();
  }

  /// Takes a batch from the network, from memory on the heap.
  public void handleDatagrams(long now, PathId from, Segments datagrams, Output out) {
    handleDatagrams(now, from, Datagrams.of(datagrams), out);
  }

  /// Takes a batch from the network.
  public void handleDatagrams(long now, PathId from, Datagrams datagrams, Output out) {
    int count = datagrams.count();
    for (int i = 0; i < count; ) {
      int type = Messages.typeOf(datagrams, i);
      if (type == TRANSPORT) {
        int end = endOfRun(datagrams, i);
        handleTransport(now, from, datagrams.slice(i, end), out);
        i = end;
      } else {
        int length = datagrams.copy(i, handshake);
        handleHandshake(now, from, type, Segments.single(handshake, 0, length), out);
        i++;
      }
    }
  }

  /// Takes back what [Output#open] asked for.
  ///
  /// @param opened the batch, filled by [SessionKey#open]; its bytes change
  public void handleOpened(long now, PathId from, SessionKey key, OpenedBatch opened, Output out) {
    Keypair session = key.keypair();
    if (session.isRetired()) {
      drops.add(Drop.SESSION_EXPIRED, opened.count());
      return;
    }
    Peer peer = session.peer();
    boolean heard = false;
    boolean data = false;
    for (int i = 0; i < opened.count(); i++) {
      if (!isFresh(session, opened, i)) {
        continue;
      }
      peer.received(opened.length(i) + TRANSPORT_OVERHEAD);
      if (!heard) {
        heard = true;
        authenticated(now, peer, session, from, out);
      }
      if (opened.length(i) > 0) {
        data = true;
        inner.add(peer, opened, i, out);
      }
    }
    if (data) {
      peer.timers().dataReceived(now);
    }
    if (heard) {
      reschedule(peer);
    }
    inner.flush(peer, opened, out);
  }

  /// Takes a batch of IP packets for one peer.
  public void handlePackets(long now, PeerId to, Segments packets, Output out) {
    Peer peer = peer(to);
    if (peer == null) {
      drops.add(Drop.UNKNOWN_PEER, packets.count());
      return;
    }
    Keypair session = peer.current();
    if (session != null && peer.staged().isEmpty() && session.canSend(now, packets.count())) {
      seal(now, peer, session, packets, out);
    } else {
      peer.staged().add(packets);
      sendStaged(now, peer, out);
    }
    reschedule(peer);
  }

  public void handleTimeout(long now, Output out) {
    for (Peer peer = deadlines.poll(now); peer != null; peer = deadlines.poll(now)) {
      Timers.Fired fired = peer.timers().poll(now);
      while (fired != Timers.Fired.NONE) {
        handleFired(now, peer, fired, out);
        fired = peer.timers().poll(now);
      }
      reschedule(peer);
    }
  }

  /// When to call [#handleTimeout] next; `Long.MAX_VALUE` for never.
  public long nextTimeout() {
    return deadlines.next();
  }

  /// Takes note of a peer's new configuration; its sessions stay.
  public void update(KnownPeer newer) {
    Peer peer = existing(newer.id());
    if (peer != null) {
      peer.reconfigure(newer);
    }
  }

  /// Forgets a peer and its keys. The source must no longer name it.
  public void remove(PeerId id) {
    Peer peer = existing(id);
    if (peer == null) {
      return;
    }
    peer.clearSessions();
    peer.staged().clear();
    peer.timers().disarmAll();
    deadlines.set(peer.deadline(), Deadlines.NEVER);
    peers[id.value()] = null;
  }

  public PeerStats stats(long now, PeerId id) {
    Peer peer = existing(id);
    return peer == null ? PeerStats.NONE : peer.stats(now);
  }

  public Counters<Drop> drops() {
    return drops;
  }

  private void handleHandshake(long now, PathId from, int type, Segments one, Output out) {
    switch (type) {
      case Messages.INITIATION ->
          handleOutcome(
              now, from, handshakes.handleInitiation(now, from, this::peer, one, out), one, out);
      case Messages.RESPONSE ->
          handleOutcome(now, from, handshakes.handleResponse(now, from, one, out), one, out);
      case Messages.COOKIE_REPLY -> handshakes.handleCookieReply(now, one);
      default -> drops.add(Drop.UNKNOWN_MESSAGE);
    }
  }

  private void handleOutcome(
      long now, PathId from, Handshakes.Outcome outcome, Segments message, Output out) {
    switch (outcome) {
      case Handshakes.Outcome.Dropped() -> {}
      case Handshakes.Outcome.Responded(Peer peer) -> {
        handshakeHeard(peer, from, message, out);
        peer.timers().sessionDerived(now);
        peer.timers().authenticPacketSent();
        reschedule(peer);
      }
      case Handshakes.Outcome.Completed(Peer peer) -> {
        handshakeHeard(peer, from, message, out);
        peer.timers().sessionDerived(now);
        peer.handshakeComplete(now);
        established(now, peer, true, out);
        sendKeepalive(now, peer, out);
        reschedule(peer);
      }
    }
  }

  private static void handshakeHeard(Peer peer, PathId from, Segments message, Output out) {
    peer.received(message.length());
    peer.timers().authenticPacketReceived();
    out.heard(peer.id(), from);
  }

  private void handleTransport(long now, PathId from, Datagrams run, Output out) {
    int index = run.intAt(run.offset() + RECEIVER);
    if (!(table.find(index) instanceof Keypair session)) {
      drops.add(Drop.UNKNOWN_INDEX, run.count());
    } else if (session.isExpired(now)) {
      drops.add(Drop.SESSION_EXPIRED, run.count());
    } else {
      out.open(session.receiving(), run, from);
    }
  }

  private boolean isFresh(Keypair session, OpenedBatch opened, int index) {
    if (opened.length(index) == OpenedBatch.NOT_AUTHENTIC) {
      drops.add(Drop.BAD_TRANSPORT);
      return false;
    }
    if (!session.window().accept(opened.counter(index))) {
      drops.add(Drop.REPLAYED_COUNTER);
      return false;
    }
    return true;
  }

  private void authenticated(long now, Peer peer, Keypair session, PathId from, Output out) {
    peer.timers().authenticPacketReceived();
    out.heard(peer.id(), from);
    if (peer.confirm(session)) {
      peer.handshakeComplete(now);
      established(now, peer, false, out);
      sendStaged(now, peer, out);
    }
    if (peer.isDueForRekeyOnReceive(now)) {
      initiate(now, peer, out);
    }
  }

  private void established(long now, Peer peer, boolean initiator, Output out) {
    out.event(new SessionEvent.SessionEstablished(peer.id(), initiator));
    byte[] message = new byte[PRIORITY_MESSAGE_MAX];
    int length = source.priorityMessage(peer.id(), message);
    Keypair session = peer.current();
    if (length > 0 && session != null) {
      seal(now, peer, session, Segments.single(message, 0, length), out);
    }
  }

  private void handleFired(long now, Peer peer, Timers.Fired fired, Output out) {
    switch (fired) {
      case NONE -> {}
      case RETRANSMIT_HANDSHAKE -> retransmit(now, peer, out);
      case SEND_KEEPALIVE -> sendKeepalive(now, peer, out);
      case NEW_HANDSHAKE -> {
        peer.resetRetries();
        initiate(now, peer, out);
      }
      case ZERO_KEYS -> {
        peer.clearSessions();
        peer.timers().disarmAll();
        out.event(new SessionEvent.SessionsCleared(peer.id()));
      }
    }
  }

  private void retransmit(long now, Peer peer, Output out) {
    if (peer.retry()) {
      if (peer.mayInitiate(now)) {
        initiate(now, peer, out);
      } else {
        // We answered the peer's own initiation meanwhile; it may still not follow up.
        peer.timers().handshakeInitiated(now, peer.handshakeGap());
      }
      return;
    }
    peer.staged().clear();
    peer.timers().handshakeGaveUp(now);
    out.event(new SessionEvent.HandshakeGaveUp(peer.id()));
  }

  private void initiate(long now, Peer peer, Output out) {
    if (!peer.mayInitiate(now) || !handshakes.initiate(now, peer, out)) {
      return;
    }
    peer.initiationSent();
    peer.timers().authenticPacketSent();
    peer.timers().handshakeInitiated(now, peer.handshakeGap());
  }

  private void sendKeepalive(long now, Peer peer, Output out) {
    if (!peer.staged().isEmpty()) {
      sendStaged(now, peer, out);
      return;
    }
    Keypair session = peer.current();
    if (session != null && session.canSend(now, 1)) {
      seal(now, peer, session, KEEPALIVE, out);
    } else {
      startHandshake(now, peer, out);
    }
  }

  private void sendStaged(long now, Peer peer, Output out) {
    while (!peer.staged().isEmpty()) {
      Keypair session = peer.current();
      if (session == null || !session.canSend(now, 1)) {
        startHandshake(now, peer, out);
        return;
      }
      byte[] packet = peer.staged().poll();
      if (packet != null) {
        seal(now, peer, session, Segments.single(packet, 0, packet.length), out);
      }
    }
  }

  private void startHandshake(long now, Peer peer, Output out) {
    peer.resetRetries();
    initiate(now, peer, out);
  }

  private void seal(long now, Peer peer, Keypair session, Segments plain, Output out) {
    SessionKey key = session.sending();
    int sealedLength = key.sealedLength(plain.length() == 0 ? 0 : plain.segmentSize());
    int perBatch = Math.clamp(MAX_BATCH_BYTES / sealedLength, 1, MAX_BATCH);
    int count = Math.max(plain.count(), 1); // a keepalive is a message without a packet
    for (int i = 0; i < count; i += perBatch) {
      int end = Math.min(i + perBatch, count);
      long first = session.takeCounters(end - i);
      peer.sent((end - i) * sealedLength);
      out.seal(key, first, count == end - i ? plain : slice(plain, i, end));
    }
    peer.timers().authenticPacketSent();
    if (plain.length() > 0) {
      peer.timers().dataSent(now);
    }
    if (session.isDueForRekey(now)) {
      startHandshake(now, peer, out);
    }
  }

  private void reschedule(Peer peer) {
    deadlines.atMost(peer.deadline(), peer.timers().next());
  }

  private @Nullable Peer existing(PeerId id) {
    return id.value() < peers.length ? peers[id.value()] : null;
  }

  private @Nullable Peer peer(PeerId id) {
    Peer peer = existing(id);
    return peer != null ? peer : create(source.byId(id));
  }

  private @Nullable Peer peer(ReceivedInitiation initiation) {
    KnownPeer known = source.byKey(initiation.peerKey());
    if (known == null) {
      return null;
    }
    Peer peer = existing(known.id());
    return peer != null ? peer : create(known);
  }

  private @Nullable Peer create(@Nullable KnownPeer known) {
    if (known == null) {
      return null;
    }
    Peer.Common common =
        new Peer.Common(
            table, deadlines, new Timers(entropy), new StagedPackets(stagedBudget, drops));
    Peer peer = new Peer(known, config.privateKey().agree(known.key()), common);
    int index = known.id().value();
    if (index >= peers.length) {
      peers = Arrays.copyOf(peers, Math.max(peers.length * 2, index + 1));
    }
    peers[index] = peer;
    return peer;
  }

  /// The end of the messages from `start` on that are for the same session, and opened at once.
  private static int endOfRun(Datagrams datagrams, int start) {
    int index = datagrams.intAt(datagrams.offset(start) + RECEIVER);
    int last = Math.min(datagrams.count(), start + OpenedBatch.most(datagrams.segmentSize()));
    int end = start + 1;
    while (end < last
        && Messages.typeOf(datagrams, end) == TRANSPORT
        && datagrams.intAt(datagrams.offset(end) + RECEIVER) == index) {
      end++;
    }
    return end;
  }

  private static Segments slice(Segments batch, int from, int to) {
    if (from == 0 && to == batch.count()) {
      return batch;
    }
    int offset = batch.offset(from);
    int length = batch.offset(to - 1) + batch.length(to - 1) - offset;
    return Segments.of(batch.array(), offset, length, batch.segmentSize());
  }
}

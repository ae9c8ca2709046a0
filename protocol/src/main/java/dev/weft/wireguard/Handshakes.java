package dev.weft.wireguard;

import static dev.weft.wireguard.Messages.INITIATION_LENGTH;
import static dev.weft.wireguard.Messages.RECEIVER;
import static dev.weft.wireguard.Messages.RESPONSE_LENGTH;
import static dev.weft.wireguard.Messages.RESPONSE_RECEIVER;
import static dev.weft.wireguard.Messages.SENDER;

import dev.weft.base.Counters;
import dev.weft.base.Entropy;
import dev.weft.base.Segments;
import dev.weft.crypto.X25519PrivateKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.wireguard.Transcript.TransportKeys;
import dev.weft.wireguard.WireGuard.Output;
import org.jspecify.annotations.Nullable;

/// Makes and answers handshake messages: checks in the order of `docs/protocol/dataplane.md` §1.3,
/// the cheap ones first. What follows from a new session is the owner's, by [Outcome].
final class Handshakes {
  /// Tailscale has no pre-shared keys; the zero key is mixed all the same.
  private static final byte[] NO_PSK = new byte[32];

  private final NodePrivateKey self;
  private final Keypair.Cipher cipher;
  private final Entropy entropy;
  private final SessionTable table;
  private final Counters<Drop> drops;
  private final IncomingMacs macs;
  private final PeerSource source;
  private final HandshakeLoad load = new HandshakeLoad();
  private long unixNanosAtZero;
  private Tai64n lastStamp = Tai64n.ZERO;

  Handshakes(
      WireGuard.Config config,
      PeerSource source,
      Entropy entropy,
      SessionTable table,
      Counters<Drop> drops) {
    this.source = source;
    self = config.privateKey();
    cipher = new Keypair.Cipher(config.aead(), config.mtu());
    this.entropy = entropy;
    this.table = table;
    this.drops = drops;
    macs = new IncomingMacs(self.publicKey(), entropy);
  }

  /// What a handshake led to.
  sealed interface Outcome {
    record Dropped() implements Outcome {}

    /// We answered an initiation.
    record Responded(Peer peer) implements Outcome {}

    /// Our initiation was answered.
    record Completed(Peer peer) implements Outcome {}
  }

  private static final Outcome DROPPED = new Outcome.Dropped();

  /// Finds the state of a peer by its key, or makes it.
  interface Directory {
    @Nullable Peer byKey(ReceivedInitiation initiation);
  }

  /// No initiation carries this time or an earlier one.
  void resumeAfter(long unixNanos) {
    lastStamp = Tai64n.ofUnixNanos(unixNanos);
  }

  /// The latest time that an initiation carried.
  long lastStamp() {
    return lastStamp.unixNanos();
  }

  void setWallClock(long now, long unixNanos) {
    unixNanosAtZero = unixNanos - now;
  }

  /// Sends an initiation. False when the peer's key allows none.
  boolean initiate(long now, Peer peer, Output out) {
    byte[] agreement = peer.staticAgreement();
    if (agreement == null) {
      return false;
    }
    byte[] message = new byte[INITIATION_LENGTH];
    Initiation initiation =
        Initiation.write(
            peer,
            table.freshIndex(),
            X25519PrivateKey.generate(entropy),
            self,
            agreement,
            stamp(now),
            message);
    peer.awaitResponse(initiation);
    send(now, peer, message, out);
    return true;
  }

  Outcome handleInitiation(long now, PathId from, Directory directory, Segments one, Output out) {
    if (!passesMacs(now, from, one, out)) {
      return DROPPED;
    }
    byte[] array = one.array();
    ReceivedInitiation initiation = ReceivedInitiation.open(self, array, one.offset());
    if (initiation == null) {
      return drop(Drop.BAD_HANDSHAKE);
    }
    Peer peer = directory.byKey(initiation);
    byte[] agreement = peer == null ? null : peer.staticAgreement();
    if (peer == null || agreement == null) {
      return drop(Drop.UNKNOWN_KEY);
    }
    Tai64n stamp = initiation.openTimestamp(agreement, array, one.offset());
    if (stamp == null) {
      return drop(Drop.BAD_HANDSHAKE);
    }
    Drop stale = peer.acceptInitiation(now, stamp);
    if (stale != null) {
      return drop(stale);
    }
    return respond(now, peer, initiation, out);
  }

  private Outcome respond(long now, Peer peer, ReceivedInitiation initiation, Output out) {
    int index = table.freshIndex();
    byte[] message = new byte[RESPONSE_LENGTH];
    TransportKeys keys =
        initiation.respond(index, X25519PrivateKey.generate(entropy), NO_PSK, message);
    if (keys == null) {
      return drop(Drop.BAD_HANDSHAKE);
    }
    Keypair.Indices indices = new Keypair.Indices(index, initiation.senderIndex());
    peer.beginAsResponder(new Keypair(peer, indices, false, now, keys, cipher));
    send(now, peer, message, out);
    return new Outcome.Responded(peer);
  }

  Outcome handleResponse(long now, PathId from, Segments one, Output out) {
    if (!passesMacs(now, from, one, out)) {
      return DROPPED;
    }
    byte[] array = one.array();
    int ours = Messages.getInt(array, one.offset() + RESPONSE_RECEIVER);
    if (!(table.find(ours) instanceof Initiation initiation)) {
      return drop(Drop.UNSOLICITED);
    }
    TransportKeys keys = initiation.complete(self, NO_PSK, array, one.offset());
    if (keys == null) {
      return drop(Drop.BAD_HANDSHAKE);
    }
    Peer peer = initiation.peer();
    int theirs = Messages.getInt(array, one.offset() + SENDER);
    // The session is known to the peer by the index it was initiated with.
    Keypair.Indices indices = new Keypair.Indices(ours, theirs);
    peer.beginAsInitiator(new Keypair(peer, indices, true, now, keys, cipher));
    return new Outcome.Completed(peer);
  }

  /// A cookie changes the next message we send; nothing is sent now.
  void handleCookieReply(long now, Segments one) {
    int ours = Messages.getInt(one.array(), one.offset() + RECEIVER);
    SessionTable.Entry entry = table.find(ours);
    Peer peer =
        switch (entry) {
          case null -> null;
          case Initiation initiation -> initiation.peer();
          case Keypair keypair -> keypair.peer();
        };
    if (peer == null || !peer.macs().acceptCookie(now, one.array(), one.offset())) {
      drops.add(Drop.UNSOLICITED);
    }
  }

  private boolean passesMacs(long now, PathId from, Segments one, Output out) {
    byte[] array = one.array();
    int offset = one.offset();
    int length = one.length();
    if (!macs.mac1Valid(array, offset, length)) {
      drops.add(Drop.BAD_MAC1);
      return false;
    }
    if (!load.isUnderLoad(now)) {
      return true;
    }
    if (!macs.mac2Valid(now, from.source(), array, offset, length)) {
      if (source.isExpected(from) && load.allowExpected(now, from.host())) {
        return true;
      }
      drops.add(Drop.COOKIE_REQUIRED);
      byte[] reply = macs.cookieReply(now, from.source(), array, offset, length);
      out.reply(from, Segments.single(reply, 0, reply.length));
      return false;
    }
    if (!load.allow(now, from.host())) {
      drops.add(Drop.RATE_LIMITED);
      return false;
    }
    return true;
  }

  private void send(long now, Peer peer, byte[] message, Output out) {
    peer.macs().write(now, message, message.length);
    peer.handshakeSent(now, message.length);
    out.transmit(peer.id(), Segments.single(message, 0, message.length));
  }

  /// Strictly increasing also when the wall clock was set back.
  private Tai64n stamp(long now) {
    Tai64n stamp = Tai64n.ofUnixNanos(unixNanosAtZero + now);
    lastStamp = stamp.compareTo(lastStamp) > 0 ? stamp : lastStamp.successor();
    return lastStamp;
  }

  private Outcome drop(Drop reason) {
    drops.add(reason);
    return DROPPED;
  }
}

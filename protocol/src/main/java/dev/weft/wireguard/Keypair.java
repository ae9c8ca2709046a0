package dev.weft.wireguard;

import dev.weft.crypto.AeadProvider;
import dev.weft.wireguard.Transcript.TransportKeys;

/// A session: two keys, the counter we send by and the window we receive by.
final class Keypair implements SessionTable.Entry {
  static final long REKEY_AFTER_MESSAGES = 1L << 60;

  /// 2^64 − 2^13 − 1, unsigned.
  static final long REJECT_AFTER_MESSAGES = -(1L << 13) - 1;

  private final Peer peer;
  private final int index;
  private final boolean initiator;
  private final long created;
  private final SessionKey sending;
  private final SessionKey receiving;
  private final ReplayWindow window = new ReplayWindow();
  private long nextCounter;
  private boolean retired;

  /// Takes over the raw keys and wipes them.
  ///
  /// @param indices ours and the peer's
  Keypair(
      Peer peer,
      Indices indices,
      boolean initiator,
      long created,
      TransportKeys keys,
      Cipher cipher) {
    this.peer = peer;
    this.index = indices.ours();
    this.initiator = initiator;
    this.created = created;
    AeadProvider provider = cipher.provider();
    sending =
        new SessionKey(
            this, indices.theirs(), cipher.mtu(), provider.littleEndian(keys.send(initiator)));
    receiving =
        new SessionKey(
            this, indices.ours(), cipher.mtu(), provider.littleEndian(keys.receive(initiator)));
    keys.wipe();
  }

  record Indices(int ours, int theirs) {}

  record Cipher(AeadProvider provider, int mtu) {}

  Peer peer() {
    return peer;
  }

  @Override
  public int index() {
    return index;
  }

  boolean isInitiator() {
    return initiator;
  }

  SessionKey sending() {
    return sending;
  }

  SessionKey receiving() {
    return receiving;
  }

  ReplayWindow window() {
    return window;
  }

  long age(long now) {
    return now - created;
  }

  boolean isExpired(long now) {
    return retired || age(now) >= Timers.REJECT_AFTER_TIME;
  }

  /// Whether `count` more packets may be sent.
  boolean canSend(long now, int count) {
    return !isExpired(now) && Long.compareUnsigned(nextCounter, REJECT_AFTER_MESSAGES - count) < 0;
  }

  /// Takes `count` counters and returns the first.
  long takeCounters(long count) {
    long first = nextCounter;
    nextCounter += count;
    return first;
  }

  /// `docs/protocol/dataplane.md` §1.5: only the initiator of a session renews it for its age.
  boolean isDueForRekey(long now) {
    return Long.compareUnsigned(nextCounter, REKEY_AFTER_MESSAGES) > 0
        || initiator && age(now) >= Timers.REKEY_AFTER_TIME;
  }

  @Override
  public void retire() {
    retired = true;
  }

  boolean isRetired() {
    return retired;
  }
}

package dev.weft.wireguard;

import dev.weft.base.Deadlines;
import dev.weft.base.Entropy;

/// The timers of one peer, as deadlines (`docs/protocol/dataplane.md` §1.5, WireGuard paper §6).
///
/// The methods named after what happened arm and disarm; what a timer does when it fires is the
/// owner's. [Deadlines#NEVER] means disarmed.
final class Timers {
  private static final long MILLISECOND = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;

  static final long REKEY_AFTER_TIME = 120 * SECOND;
  static final long REJECT_AFTER_TIME = 180 * SECOND;
  static final long REKEY_TIMEOUT = 5 * SECOND;
  static final long REKEY_ATTEMPT_TIME = 90 * SECOND;

  /// Our own: how many initiations to a peer without a session do not wait for REKEY_TIMEOUT, and
  /// the wait after the first of them; each next wait is twice as long. See [Peer#handshakeGap].
  static final int EAGER_INITIATIONS = 3;

  static final long FIRST_EAGER_GAP = 500 * MILLISECOND;
  static final long KEEPALIVE_TIMEOUT = 10 * SECOND;
  static final long COOKIE_REFRESH_TIME = 120 * SECOND;

  /// Keys outlive their use for this long, in case a handshake is under way.
  static final long ZERO_KEYS_AFTER = 3 * REJECT_AFTER_TIME;

  /// The initiator renews a session on received data from this age on.
  static final long REKEY_AFTER_TIME_RECEIVING =
      REJECT_AFTER_TIME - KEEPALIVE_TIMEOUT - REKEY_TIMEOUT;

  /// REKEY_ATTEMPT_TIME of 90 s, counted as wireguard-go does: it gives up when the count exceeds
  /// this, after 20 initiations.
  static final int MAX_RETRIES = 18;

  private static final int JITTER_MILLIS = 334;

  private final Entropy entropy;
  private long retransmit = Deadlines.NEVER;
  private long keepalive = Deadlines.NEVER;
  private long newHandshake = Deadlines.NEVER;
  private long zeroKeys = Deadlines.NEVER;
  private boolean anotherKeepalive;

  Timers(Entropy entropy) {
    this.entropy = entropy;
  }

  /// Which of the timers fired.
  enum Fired {
    NONE,
    RETRANSMIT_HANDSHAKE,
    SEND_KEEPALIVE,
    NEW_HANDSHAKE,
    ZERO_KEYS
  }

  long next() {
    return Math.min(Math.min(retransmit, keepalive), Math.min(newHandshake, zeroKeys));
  }

  /// Disarms and returns one timer that is due.
  Fired poll(long now) {
    if (retransmit <= now) {
      retransmit = Deadlines.NEVER;
      return Fired.RETRANSMIT_HANDSHAKE;
    }
    if (keepalive <= now) {
      keepalive = anotherKeepalive ? now + KEEPALIVE_TIMEOUT : Deadlines.NEVER;
      anotherKeepalive = false;
      return Fired.SEND_KEEPALIVE;
    }
    if (newHandshake <= now) {
      newHandshake = Deadlines.NEVER;
      return Fired.NEW_HANDSHAKE;
    }
    if (zeroKeys <= now) {
      zeroKeys = Deadlines.NEVER;
      return Fired.ZERO_KEYS;
    }
    return Fired.NONE;
  }

  void dataSent(long now) {
    if (newHandshake == Deadlines.NEVER) {
      newHandshake = now + KEEPALIVE_TIMEOUT + REKEY_TIMEOUT + jitter();
    }
  }

  void dataReceived(long now) {
    if (keepalive == Deadlines.NEVER) {
      keepalive = now + KEEPALIVE_TIMEOUT;
    } else {
      anotherKeepalive = true;
    }
  }

  void authenticPacketSent() {
    keepalive = Deadlines.NEVER;
    anotherKeepalive = false;
  }

  void authenticPacketReceived() {
    newHandshake = Deadlines.NEVER;
  }

  /// @param gap how long to wait for the response
  void handshakeInitiated(long now, long gap) {
    retransmit = now + gap + jitter();
  }

  void handshakeComplete() {
    retransmit = Deadlines.NEVER;
  }

  void sessionDerived(long now) {
    zeroKeys = now + ZERO_KEYS_AFTER;
  }

  void handshakeGaveUp(long now) {
    keepalive = Deadlines.NEVER;
    anotherKeepalive = false;
    if (zeroKeys == Deadlines.NEVER) {
      zeroKeys = now + ZERO_KEYS_AFTER;
    }
  }

  void disarmAll() {
    retransmit = Deadlines.NEVER;
    keepalive = Deadlines.NEVER;
    newHandshake = Deadlines.NEVER;
    zeroKeys = Deadlines.NEVER;
    anotherKeepalive = false;
  }

  private long jitter() {
    return entropy.below(JITTER_MILLIS) * MILLISECOND;
  }
}

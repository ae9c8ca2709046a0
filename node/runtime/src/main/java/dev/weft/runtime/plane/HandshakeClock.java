package dev.weft.runtime.plane;

import dev.weft.runtime.state.StateException;
import dev.weft.runtime.state.StateStore;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Remembers across restarts how late the times in our handshakes were: peers refuse what is not
/// newer, so a machine whose clock is set back, as one without a battery is after a power cut,
/// would otherwise be locked out until the clock has caught up.
///
/// What is stored is ahead of what was used by up to [#AHEAD], so that the file is written once in
/// a while and not per handshake. The times are one sequence for all node keys. Belongs to the node
/// loop; files are written on a thread of their own.
public final class HandshakeClock {
  static final String SECTION = "HandshakeTime";
  static final Duration AHEAD = Duration.ofMinutes(5);

  private static final Logger LOG = LoggerFactory.getLogger(HandshakeClock.class);

  private final StateStore store;
  private long reserved;

  private HandshakeClock(StateStore store, long reserved) {
    this.store = store;
    this.reserved = reserved;
  }

  /// Reads what was stored; without it, or when it is no time, there is nothing to go on from.
  public static HandshakeClock open(StateStore store) {
    try {
      return new HandshakeClock(
          store, store.readText(SECTION).map(Instant::parse).map(HandshakeClock::nanos).orElse(0L));
    } catch (DateTimeException | ArithmeticException | IllegalArgumentException _) {
      LOG.warn("the time of the last handshake in the state is unreadable and not used");
      return new HandshakeClock(store, 0);
    }
  }

  /// No handshake may carry this time or an earlier one, in nanoseconds since 1970.
  long resumeAfter() {
    return reserved;
  }

  /// A handshake carried this time.
  void used(long unixNanos) {
    if (unixNanos <= reserved) {
      return;
    }
    reserved = unixNanos + AHEAD.toNanos();
    Instant until = Instant.EPOCH.plusNanos(reserved);
    Thread.ofVirtual().name("weft-handshake-time").start(() -> save(until));
  }

  private void save(Instant until) {
    try {
      store.writeText(SECTION, until.toString());
    } catch (StateException e) {
      LOG.warn("peers may not answer after a restart if the clock is set back: {}", e.getMessage());
    }
  }

  private static long nanos(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
  }
}

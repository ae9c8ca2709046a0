package dev.weft.runtime.loop;

import java.util.function.LongSupplier;

/// Monotonic nanoseconds since the node started, counting the time the machine slept.
///
/// `System.nanoTime` stands still during suspend on Linux while the wall clock goes on. When the
/// wall clock has run ahead by more than [#SUSPEND_NANOS] between two looks, the difference is
/// added: sessions, trust and NAT mappings have aged by that much. Setting the clock forward by
/// hand looks the same and costs a few early timeouts; setting it back changes nothing.
///
/// Not safe for use by several threads: it belongs to the node loop.
final class LoopClock {
  static final long SUSPEND_NANOS = 5_000_000_000L;

  private final LongSupplier nanoTime;
  private final LongSupplier wallMillis;
  private final long start;
  private long slept;
  private long lastNano;
  private long lastWall;

  LoopClock() {
    this(System::nanoTime, System::currentTimeMillis);
  }

  LoopClock(LongSupplier nanoTime, LongSupplier wallMillis) {
    this.nanoTime = nanoTime;
    this.wallMillis = wallMillis;
    this.start = nanoTime.getAsLong();
    this.lastNano = start;
    this.lastWall = wallMillis.getAsLong();
  }

  long now() {
    return nanoTime.getAsLong() - start + slept;
  }

  /// Compares both clocks; answers whether the machine slept since the last call. Called every
  /// second or so.
  boolean noticeSuspend() {
    long nano = nanoTime.getAsLong();
    long wall = wallMillis.getAsLong();
    long ahead = (wall - lastWall) * 1_000_000L - (nano - lastNano);
    lastNano = nano;
    lastWall = wall;
    if (ahead <= SUSPEND_NANOS) {
      return false;
    }
    slept += ahead;
    return true;
  }
}

package dev.weft.wireguard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The timestamp of an initiation: eight bytes of seconds from a TAI origin and four of
/// nanoseconds, big-endian, so that bytes compare as times do.
///
/// Nanoseconds are whitened to steps of 2^24 (16.8 ms), as wireguard-go does, to tell less about
/// the clock (`docs/protocol/dataplane.md` §1.1).
record Tai64n(long seconds, int nanos) implements Comparable<Tai64n> {
  static final int LENGTH = 12;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  /// Below any timestamp a peer can send with effect.
  static final Tai64n ZERO = new Tai64n(0, 0);

  /// TAI64 label of the Unix epoch, as WireGuard has it: 2^62 plus the ten seconds that TAI was
  /// ahead in 1970. Leap seconds since then are ignored.
  private static final long UNIX_EPOCH = 0x4000_0000_0000_000aL;

  private static final int WHITENER = 1 << 24;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  static Tai64n ofUnixNanos(long unixNanos) {
    return new Tai64n(
        UNIX_EPOCH + Math.floorDiv(unixNanos, NANOS_PER_SECOND),
        (int) Math.floorMod(unixNanos, NANOS_PER_SECOND) & -WHITENER);
  }

  /// The time of [#ofUnixNanos]; of one before 1970, which is [#ZERO] alone, zero.
  long unixNanos() {
    return seconds == 0 ? 0 : (seconds - UNIX_EPOCH) * NANOS_PER_SECOND + nanos;
  }

  static Tai64n ofBytes(byte[] bytes) {
    return new Tai64n((long) LONG.get(bytes, 0), (int) INT.get(bytes, Long.BYTES));
  }

  byte[] toBytes() {
    byte[] bytes = new byte[LENGTH];
    LONG.set(bytes, 0, seconds);
    INT.set(bytes, Long.BYTES, nanos);
    return bytes;
  }

  /// The next step of the whitened clock.
  Tai64n successor() {
    long next = (long) nanos + WHITENER;
    return next < NANOS_PER_SECOND ? new Tai64n(seconds, (int) next) : new Tai64n(seconds + 1, 0);
  }

  @Override
  public int compareTo(Tai64n other) {
    int bySeconds = Long.compareUnsigned(seconds, other.seconds);
    return bySeconds != 0 ? bySeconds : Integer.compareUnsigned(nanos, other.nanos);
  }
}

package dev.weft.runtime.derp;

import dev.weft.derp.ServerInfo;

/// How fast the relay lets us send: a token bucket of bytes (`docs/protocol/dataplane.md §5.1`).
final class SendAllowance {
  private static final double NANOS_PER_SECOND = 1e9;

  private final double bytesPerNano;
  private final double burst;
  private double bytes;
  private long at;

  private SendAllowance(double bytesPerNano, double burst, long now) {
    this.bytesPerNano = bytesPerNano;
    this.burst = burst;
    this.bytes = burst;
    this.at = now;
  }

  static SendAllowance unlimited() {
    return new SendAllowance(0, Double.POSITIVE_INFINITY, 0);
  }

  static SendAllowance of(ServerInfo info, long now) {
    return info.bytesPerSecond() == 0
        ? unlimited()
        : new SendAllowance(
            info.bytesPerSecond() / NANOS_PER_SECOND, Math.max(1, info.burstBytes()), now);
  }

  boolean take(long now, int count) {
    bytes = Math.min(burst, bytes + (now - at) * bytesPerNano);
    at = now;
    if (bytes < count) {
      return false;
    }
    bytes -= count;
    return true;
  }
}

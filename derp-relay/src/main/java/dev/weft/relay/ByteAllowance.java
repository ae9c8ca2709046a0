package dev.weft.relay;

/// A token bucket of bytes that may run into debt: what has been read has been read, and the client
/// waits until it is paid. On the caller's clock.
final class ByteAllowance {
  private static final double NANOS_PER_SECOND = 1e9;

  private final RateConfig rate;
  private double bytes;
  private long at;

  ByteAllowance(RateConfig rate, long now) {
    this.rate = rate;
    this.bytes = rate.burstBytes();
    this.at = now;
  }

  RateConfig rate() {
    return rate;
  }

  /// Takes what has come.
  ///
  /// @return nanoseconds until more may come, 0 for at once
  long take(long now, long count) {
    double perNano = rate.bytesPerSecond() / NANOS_PER_SECOND;
    bytes = Math.min((double) rate.burstBytes(), bytes + (now - at) * perNano) - count;
    at = now;
    return bytes >= 0 ? 0 : (long) Math.ceil(-bytes / perNano);
  }
}

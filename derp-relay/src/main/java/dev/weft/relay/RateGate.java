package dev.weft.relay;

import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Holds one client to its rate by not reading from it for a while: TCP then holds the client back,
/// and nothing is lost. Runs on the channel's event loop.
final class RateGate {
  private final Rates rates;
  private final LongAdder pauses;
  private long read;
  private @Nullable ByteAllowance allowance;

  RateGate(Rates rates, LongAdder pauses) {
    this.rates = rates;
    this.pauses = pauses;
  }

  void read(int bytes) {
    read += bytes;
  }

  /// All that came at once has been read.
  void readComplete(Channel channel) {
    RateConfig rate = rates.current();
    if (rate.isUnlimited()) {
      read = 0;
      return;
    }
    long now = System.nanoTime();
    ByteAllowance current = allowance;
    if (current == null || !current.rate().equals(rate)) {
      current = new ByteAllowance(rate, now);
      allowance = current;
    }
    long wait = current.take(now, read);
    read = 0;
    if (wait > 0) {
      pauses.increment();
      channel.config().setAutoRead(false);
      channel
          .eventLoop()
          .schedule(() -> channel.config().setAutoRead(true), wait, TimeUnit.NANOSECONDS);
    }
  }
}

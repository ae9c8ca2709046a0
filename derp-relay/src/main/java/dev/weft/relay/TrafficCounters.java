package dev.weft.relay;

import java.util.EnumMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Counts on any thread. A client's counters add to the relay's.
final class TrafficCounters {
  private final @Nullable TrafficCounters total;
  private final LongAdder packetsIn = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder packetsOut = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final LongAdder unknownDestination = new LongAdder();
  private final LongAdder queueFull = new LongAdder();
  private final LongAdder receiverGone = new LongAdder();

  TrafficCounters(@Nullable TrafficCounters total) {
    this.total = total;
  }

  void received(long packets, long bytes) {
    packetsIn.add(packets);
    bytesIn.add(bytes);
    if (total != null) {
      total.received(packets, bytes);
    }
  }

  void sent(long packets, long bytes) {
    packetsOut.add(packets);
    bytesOut.add(bytes);
    if (total != null) {
      total.sent(packets, bytes);
    }
  }

  void dropped(RelayDrop reason, long packets) {
    counter(reason).add(packets);
    if (total != null) {
      total.dropped(reason, packets);
    }
  }

  Traffic snapshot() {
    EnumMap<RelayDrop, Long> counted = new EnumMap<>(RelayDrop.class);
    for (RelayDrop reason : RelayDrop.values()) {
      counted.put(reason, counter(reason).sum());
    }
    return new Traffic(packetsIn.sum(), bytesIn.sum(), packetsOut.sum(), bytesOut.sum(), counted);
  }

  private LongAdder counter(RelayDrop reason) {
    return switch (reason) {
      case UNKNOWN_DESTINATION -> unknownDestination;
      case QUEUE_FULL -> queueFull;
      case RECEIVER_GONE -> receiverGone;
    };
  }
}

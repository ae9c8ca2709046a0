package dev.weft.netstack;

import java.util.EnumMap;
import java.util.Map;

/// A counter for each [Drop].
final class Drops {
  private final Map<Drop, Long> counts = new EnumMap<>(Drop.class);

  void count(Drop reason) {
    counts.merge(reason, 1L, Long::sum);
  }

  long of(Drop reason) {
    return counts.getOrDefault(reason, 0L);
  }
}

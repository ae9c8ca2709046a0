package dev.weft.relay;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// What a relay, or one client of it, has carried since it started. A snapshot.
///
/// @param packetsIn that clients sent
/// @param packetsOut that clients were given
/// @param drops packets that went nowhere, by reason; of a client: packets meant for it
public record Traffic(
    long packetsIn, long bytesIn, long packetsOut, long bytesOut, Map<RelayDrop, Long> drops) {
  public Traffic {
    EnumMap<RelayDrop, Long> all = new EnumMap<>(RelayDrop.class);
    for (RelayDrop reason : RelayDrop.values()) {
      all.put(reason, drops.getOrDefault(reason, 0L));
    }
    drops = Collections.unmodifiableMap(all);
  }

  public long dropped() {
    return drops.values().stream().mapToLong(Long::longValue).sum();
  }
}

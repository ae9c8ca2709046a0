package dev.weft.control.tailnet;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Supplier;

/// Messages made while nothing changes: most streams are told the same, so it is made once and is
/// the same object for all of them.
public final class MapRound {
  private final Map<SortedMap<Long, ? extends Set<Aspect>>, Optional<MapMessage>> messages =
      new HashMap<>();

  /// @param news what is out of date, which the message says and nothing else
  Optional<MapMessage> message(
      SortedMap<Long, ? extends Set<Aspect>> news, Supplier<Optional<MapMessage>> make) {
    Optional<MapMessage> message = messages.get(news);
    if (message == null) {
      message = make.get();
      messages.put(news, message);
    }
    return message;
  }
}

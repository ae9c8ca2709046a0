package dev.weft.runtime.backend;

import dev.weft.ipn.Notify;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.tailcfg.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What watchers of the event stream are told when one network map takes the place of another.
final class MapChanges {
  private MapChanges() {}

  /// The change of ourselves and the change of peers, as far as there is one, as events of their
  /// own.
  static List<Notify.Builder> between(Optional<NetworkMap> before, Optional<NetworkMap> after) {
    List<Notify.Builder> events = new ArrayList<>();
    Optional<Node> self = after.map(NetworkMap::self);
    if (self.isPresent() && !self.equals(before.map(NetworkMap::self))) {
      events.add(Notify.builder().selfChange(self.get()));
    }
    SortedMap<Long, Node> old = before.map(NetworkMap::peers).orElse(Collections.emptySortedMap());
    SortedMap<Long, Node> now = after.map(NetworkMap::peers).orElse(Collections.emptySortedMap());
    List<Node> changed =
        now.values().stream().filter(peer -> !peer.equals(old.get(peer.id()))).toList();
    List<Long> removed = old.keySet().stream().filter(id -> !now.containsKey(id)).toList();
    if (!changed.isEmpty() || !removed.isEmpty()) {
      events.add(
          Notify.builder()
              .peersChanged(changed)
              .peersRemoved(removed)
              .userProfiles(after.map(NetworkMap::users).orElse(new TreeMap<>())));
    }
    return events;
  }
}

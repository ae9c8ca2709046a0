package dev.weft.relay;

import dev.weft.keys.NodeKey;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// Which clients here have received from which clients of other relays: they are told when those
/// leave the region (`docs/protocol/dataplane.md §5.4`).
///
/// Called on any thread.
final class FarSenders {
  /// Pairs; beyond it the senders that were noted first are not missed when they leave.
  static final int MAX_PAIRS = 1 << 16;

  private final LinkedHashMap<NodeKey, LinkedHashSet<NodeKey>> receivers = new LinkedHashMap<>();
  private int pairs;

  synchronized void note(NodeKey sender, NodeKey receiver) {
    if (receivers.computeIfAbsent(sender, _ -> new LinkedHashSet<>()).add(receiver)) {
      pairs++;
      while (pairs > MAX_PAIRS) {
        Map.Entry<NodeKey, LinkedHashSet<NodeKey>> oldest = receivers.pollFirstEntry();
        pairs -= oldest.getValue().size();
      }
    }
  }

  /// The sender has left.
  ///
  /// @return who has received from it
  synchronized Set<NodeKey> forget(NodeKey sender) {
    LinkedHashSet<NodeKey> known = receivers.remove(sender);
    if (known == null) {
      return Set.of();
    }
    pairs -= known.size();
    return known;
  }

  synchronized int size() {
    return pairs;
  }
}

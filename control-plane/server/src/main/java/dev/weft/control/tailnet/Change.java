package dev.weft.control.tailnet;

import java.util.Set;

/// Something about a node changed that maps may have to tell. To be given to every [MapSession].
public record Change(long nodeId, Set<Aspect> aspects) {
  public Change {
    aspects = Set.copyOf(aspects);
  }
}

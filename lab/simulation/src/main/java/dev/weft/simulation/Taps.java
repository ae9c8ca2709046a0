package dev.weft.simulation;

import dev.weft.base.Bytes;
import dev.weft.engine.EngineConfig;
import dev.weft.engine.Path;
import java.util.List;

/// Where a test gets between a node's core and its world, to make the node wrong on purpose: what
/// the simulation then says shows that it would notice.
interface Taps {
  /// Changes nothing.
  Taps NONE = new Taps() {};

  /// What the stack gets of a packet that the core delivers.
  default List<Bytes> delivered(Bytes packet) {
    return List.of(packet);
  }

  /// What leaves of a datagram that the core transmits.
  default Bytes sent(Bytes datagram) {
    return datagram;
  }

  /// Whether a datagram gets to the core.
  default boolean lets(Path from, Bytes datagram) {
    return true;
  }

  /// What the core is told of a map.
  default EngineConfig configured(EngineConfig config) {
    return config;
  }
}

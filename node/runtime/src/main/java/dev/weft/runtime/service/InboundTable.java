package dev.weft.runtime.service;

import dev.weft.node.spi.Inbound;
import dev.weft.node.spi.InboundFlow;
import dev.weft.node.spi.InboundHandler;
import dev.weft.node.spi.Slot;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// Which service has which slot. Claims are made while the node starts; connections are looked up
/// on the node loop.
final class InboundTable implements Inbound {
  private volatile Map<Slot, InboundHandler> handlers = new EnumMap<>(Slot.class);

  @Override
  public synchronized void claim(Slot slot, InboundHandler handler) {
    Map<Slot, InboundHandler> next = new EnumMap<>(Slot.class);
    next.putAll(handlers);
    if (next.putIfAbsent(slot, handler) != null) {
      throw new IllegalStateException("two services claim the slot " + slot);
    }
    handlers = next;
  }

  /// The first handler, in the order of the slots, that accepts the connection.
  Optional<InboundHandler> find(InboundFlow flow) {
    for (InboundHandler handler : handlers.values()) {
      if (handler.accepts(flow)) {
        return Optional.of(handler);
      }
    }
    return Optional.empty();
  }
}

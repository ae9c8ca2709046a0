package dev.weft.netstack.channel;

import dev.weft.base.Segments;

/// Where the stack's IP packets leave: the engine.
@FunctionalInterface
public interface PacketSink {
  /// One batch, borrowed for the call. All its packets go to one destination address; all but the
  /// last have the same length.
  void transmit(long now, Segments ipPackets);
}

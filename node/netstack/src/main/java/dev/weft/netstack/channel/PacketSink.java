package dev.weft.netstack.channel;

import dev.weft.base.Segments;

/// Where the stack's IP packets leave: the engine.
@FunctionalInterface
public interface PacketSink {
  /// One batch, borrowed for the call. All its packets go to one destination address; all but the
  /// last have the same length. The sink must not hand packets to the stack before it returns.
  void transmit(long now, Segments ipPackets);
}

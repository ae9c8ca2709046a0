package dev.weft.node.spi;

import io.netty.channel.Channel;

/// Takes connections of one slot. Called on the node loop.
public interface InboundHandler {
  /// Whether this handler takes the connection. Asked before the handshake is completed, so a no
  /// costs the caller nothing, and a refused port looks refused.
  boolean accepts(InboundFlow flow);

  /// Sets up the pipeline of an accepted connection.
  void initChannel(Channel channel, InboundFlow flow);
}

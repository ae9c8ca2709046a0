package dev.weft.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;

/// Ends connections without ceremony.
final class Aborts {
  private Aborts() {}

  /// Closes the socket under all handlers, so that none can wait for the peer. Any thread.
  static void abort(Channel channel) {
    ChannelHandlerContext first = channel.pipeline().firstContext();
    if (first == null) {
      channel.close();
    } else {
      first.close();
    }
  }
}

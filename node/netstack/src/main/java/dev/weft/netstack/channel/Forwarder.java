package dev.weft.netstack.channel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;

/// Takes what nobody listens for. Called on the event loop.
public interface Forwarder {
  /// A peer's SYN is waiting for an answer. The decision may be kept and used later, once; the
  /// stack gives up waiting after a minute.
  void onIncoming(Flow flow, Decision decision);

  /// A datagram for a port without a socket. The payload is the callee's to release.
  default void onDatagram(InetSocketAddress local, InetSocketAddress remote, ByteBuf payload) {
    payload.release();
  }

  /// The answer to one SYN, given on the event loop.
  interface Decision {
    /// Completes the handshake. The handler, usually a `ChannelInitializer`, is added to the new
    /// channel at once; the future is done when the peer has confirmed, or failed when it went away
    /// before.
    Future<Channel> accept(ChannelHandler handler);

    /// Answers as a closed port does, with a reset.
    void reject();
  }
}

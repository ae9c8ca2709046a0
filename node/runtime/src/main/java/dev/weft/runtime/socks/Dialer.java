package dev.weft.runtime.socks;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;

/// Reaches destinations on behalf of a proxy's client. The channels must be on the event loop of
/// the proxy, and the handler is in the pipeline before the channel becomes active.
public interface Dialer {
  /// Opens a TCP connection: the face of `Tailnet::dial` the proxies need.
  Future<Channel> dial(String host, int port, ChannelHandler handler);

  /// Opens a UDP channel that is connected: it takes `ByteBuf`s and gives `DatagramPacket`s.
  Future<Channel> dialDatagrams(String host, int port, ChannelHandler handler);
}

package dev.weft.runtime.socks;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;

/// Opens a connection on behalf of a proxy's client; the face of `Tailnet::dial` the proxies need.
/// The channel must be on the event loop of the proxy, and the handler is in its pipeline before it
/// becomes active.
@FunctionalInterface
public interface Dialer {
  Future<Channel> dial(String host, int port, ChannelHandler handler);
}

package dev.weft.runtime;

import dev.weft.runtime.service.NodeTailnet;
import dev.weft.runtime.socks.Dialer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;

/// The tailnet as the proxies see it.
record ProxyDialer(NodeTailnet tailnet) implements Dialer {
  @Override
  public Future<Channel> dial(String host, int port, ChannelHandler handler) {
    return tailnet.dial(host, port, handler);
  }

  @Override
  public Future<Channel> dialDatagrams(String host, int port, ChannelHandler handler) {
    return tailnet.dialDatagrams(host, port, handler);
  }
}

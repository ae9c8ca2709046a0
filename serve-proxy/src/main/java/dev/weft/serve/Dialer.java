package dev.weft.serve;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;

/// How connections to backends are opened: [dev.weft.node.Tailnet#dial].
@FunctionalInterface
interface Dialer {
  Future<Channel> dial(String host, int port, ChannelHandler handler);
}

package dev.weft.runtime.service;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;

/// The userspace stack's `connect`. Callable from any thread; the handler is in the pipeline before
/// the channel is active.
@FunctionalInterface
public interface StackDialer {
  ChannelFuture connect(InetSocketAddress remote, ChannelHandler handler);
}

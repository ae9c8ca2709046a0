package dev.weft.runtime.service;

import io.netty.channel.ChannelHandler;
import java.net.BindException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The ports that embedders and services listen on by [dev.weft.node.Tailnet#listen].
final class Listeners {
  /// Where the original hands out ports for "any free one".
  private static final int FIRST_FREE = 10_002;

  private static final int LAST_FREE = 19_999;

  private final Map<Integer, ChannelHandler> handlers = new HashMap<>();
  private int nextFree = FIRST_FREE;

  /// Takes a port, or a free one for 0.
  synchronized int add(int port, ChannelHandler childHandler) throws BindException {
    if (port < 0 || port > 0xffff) {
      throw new BindException("not a port: " + port);
    }
    int chosen = port == 0 ? free() : port;
    if (handlers.putIfAbsent(chosen, childHandler) != null) {
      throw new BindException("port " + chosen + " is in use on this node");
    }
    return chosen;
  }

  synchronized void remove(int port, ChannelHandler childHandler) {
    handlers.remove(port, childHandler);
  }

  synchronized Optional<ChannelHandler> find(int port) {
    return Optional.ofNullable(handlers.get(port));
  }

  private int free() throws BindException {
    for (int i = FIRST_FREE; i <= LAST_FREE; i++) {
      int candidate = nextFree;
      nextFree = nextFree == LAST_FREE ? FIRST_FREE : nextFree + 1;
      if (!handlers.containsKey(candidate)) {
        return candidate;
      }
    }
    throw new BindException("no free port");
  }
}

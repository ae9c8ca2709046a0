package dev.weft.node;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.Optional;

/// The tailnet that this node is in.
///
/// Thread-safe. Futures complete on the node loop.
public interface Tailnet {
  /// The one event loop that owns every channel of this node.
  EventLoop eventLoop();

  /// This node as it stands now; empty until the first network map has arrived.
  Optional<SelfNode> self();

  /// Accepts TCP connections from the tailnet on a port of this node's own addresses.
  ///
  /// The packet filter has admitted each of them before `childHandler` sees it. A port claimed in
  /// {@link dev.weft.node.spi.Inbound} goes before this.
  ///
  /// @param port 1 to 65535, or 0 for a free one
  /// @return the listener; failed with {@link java.net.BindException} when the port is taken
  Future<TailnetListener> listen(int port, ChannelHandler childHandler);

  /// Opens a TCP connection.
  ///
  /// A MagicDNS name (full or short) or a tailnet address goes through the tailnet; any other name
  /// or address through the operating system.
  ///
  /// @return the connected channel; failed with {@link java.net.UnknownHostException}, {@link
  ///   java.net.ConnectException} (refused, timed out) or {@link java.net.NoRouteToHostException}
  Future<Channel> dial(String host, int port, ChannelHandler handler);

  /// Who is behind the remote address of an accepted channel.
  ///
  /// Answers for tailnet addresses, and for the loopback addresses from which this node forwards
  /// tailnet connections to programs of the machine.
  Optional<Caller> whois(InetSocketAddress remote);
}

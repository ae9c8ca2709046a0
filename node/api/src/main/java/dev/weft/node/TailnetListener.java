package dev.weft.node;

import java.net.InetSocketAddress;
import java.util.List;

/// An open port on the tailnet. Closing it leaves accepted connections open.
public interface TailnetListener extends AutoCloseable {
  /// The port on each of the node's own addresses.
  List<InetSocketAddress> addresses();

  @Override
  void close();
}

package dev.weft.runtime.loop;

import dev.weft.base.Datagrams;
import dev.weft.base.Endpoint;

/// Takes what the UDP sockets receive, on the node loop.
@FunctionalInterface
public interface DatagramHandler {
  /// A batch from one source. The bytes are borrowed for the call.
  void handleDatagrams(Endpoint from, Datagrams datagrams);
}

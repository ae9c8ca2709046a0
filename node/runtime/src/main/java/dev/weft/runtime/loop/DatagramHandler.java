package dev.weft.runtime.loop;

import dev.weft.base.Endpoint;
import dev.weft.base.Segments;

/// Takes what the UDP sockets receive, on the node loop.
@FunctionalInterface
public interface DatagramHandler {
  /// A batch from one source. The bytes are borrowed for the call and may be changed in place.
  void handleDatagrams(Endpoint from, Segments datagrams);
}

package dev.weft.control.http;

import java.io.IOException;

/// What answers requests. Both methods are called on virtual threads and may block.
public interface Handlers {
  /// A request from anybody, outside Noise; the body is small.
  Reply open(String method, String path, byte[] body);

  /// A request of a node. It is to be answered by the time the method returns; else, or when it
  /// throws, the node is told of an internal error.
  void inside(Exchange exchange) throws IOException;
}

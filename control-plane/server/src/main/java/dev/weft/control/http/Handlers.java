package dev.weft.control.http;

import java.io.IOException;

/// What answers requests of nodes, and of anybody. Called on virtual threads; may block.
public interface Handlers extends Pages {
  /// A request of a node. It is to be answered by the time the method returns; else, or when it
  /// throws, the node is told of an internal error.
  void inside(Exchange exchange) throws IOException;
}

package dev.weft.node.spi;

import java.util.function.Consumer;

/// The node's serve configuration: stored by the node, obeyed by the services.
public interface ServeConfigSource {
  /// Calls `listener` with the configuration as it stands, then with each new one.
  ///
  /// The text is the ServeConfig JSON (`docs/protocol/services.md` §1.1) that the node has
  /// validated; `{}` when nothing is served. Calls come one at a time on the node loop.
  void subscribe(Consumer<String> listener);
}

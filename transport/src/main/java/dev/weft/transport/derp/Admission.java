package dev.weft.transport.derp;

import dev.weft.derp.ClientInfo;
import dev.weft.keys.NodeKey;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Decides whether a relay serves a client that has proved its key.
@FunctionalInterface
public interface Admission {
  /// Asked on the connection's event loop, so it must not block. The answer may come on any thread,
  /// and has to come within the handshake's ten seconds; one that fails refuses.
  CompletionStage<Boolean> admit(NodeKey client, ClientInfo info, SocketAddress remote);

  /// Serves whoever proves a key.
  static Admission everybody() {
    return (_, _, _) -> CompletableFuture.completedStage(true);
  }
}

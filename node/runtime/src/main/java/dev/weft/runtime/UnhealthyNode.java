package dev.weft.runtime;

import dev.weft.runtime.backend.UnhealthyBackend;
import dev.weft.runtime.localapi.LocalApiServer;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.transport.supervise.Supervisor;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/// The daemon of a node whose state cannot be read: it answers on its socket and says why. A
/// service manager would otherwise start it again and again, and people would find nobody to ask.
final class UnhealthyNode implements AutoCloseable {
  private final NodeLoop loop;
  private final LocalApiServer api;

  private UnhealthyNode(NodeLoop loop, LocalApiServer api) {
    this.loop = loop;
    this.api = api;
  }

  /// @param reason one line: what is wrong, and what to do
  static UnhealthyNode start(Path socket, String reason, Runnable onShutdown) throws IOException {
    SecureRandom random = new SecureRandom();
    NodeLoop loop = new NodeLoop();
    try {
      UnhealthyBackend backend =
          new UnhealthyBackend(Version.LONG, reason, random::nextBytes, onShutdown);
      return new UnhealthyNode(loop, LocalApiServer.start(socket, backend, loop.eventLoop()));
    } catch (IOException | RuntimeException e) {
      loop.close();
      throw e;
    }
  }

  /// A service manager has done what it can: it is people who must act.
  void supervise(Supervisor supervisor) {
    supervisor.ready("the state cannot be read", List.of(loop.eventLoop()));
  }

  @Override
  public void close() throws IOException {
    api.close();
    loop.close();
  }
}

package dev.weft.runtime.backend;

import dev.weft.runtime.control.ControlEvents;
import dev.weft.runtime.control.LoginRequest;
import dev.weft.runtime.control.NodeReport;
import java.io.IOException;
import java.net.URI;

/// A session with a control server, as far as the backend uses one.
/// [dev.weft.runtime.control.ControlClient] has these methods, and says what they do.
public interface ControlLink extends AutoCloseable {
  /// Where a node goes that was told no login server.
  String DEFAULT_URL = "https://controlplane.tailscale.com";

  /// Opens sessions.
  @FunctionalInterface
  interface Opener {
    /// @throws IllegalArgumentException when the URL is not one of a control server
    ControlLink open(URI server, ControlEvents events);
  }

  void report(NodeReport report);

  void login(LoginRequest request);

  void pause();

  void resume();

  void reconnect();

  /// Blocks until control has answered.
  void logout() throws IOException, InterruptedException;

  /// One request of the node to control, such as `POST /machine/feature/query`. Blocks.
  ///
  /// @return the body of the answer
  /// @throws IOException when control does not answer, or with a status other than 200
  byte[] request(String method, String path, byte[] json) throws IOException, InterruptedException;

  @Override
  void close();
}

package dev.weft.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where the daemon's socket is when no flag says so.
final class SocketPath {
  private static final Path SYSTEM = Path.of("/run/weft/weft.sock");

  private SocketPath() {}

  /// The environment first; then the socket that a daemon of this user would have; then that of the
  /// system's daemon, which everybody may ask.
  static Path find(Map<String, String> environment, String user, String home) {
    String named =
        environment.getOrDefault("WEFT_SOCKET", environment.getOrDefault("TS_SOCKET", ""));
    if (!named.isEmpty()) {
      return Path.of(named);
    }
    if (user.equals("root")) {
      return SYSTEM;
    }
    Path own = ownSocket(environment, home);
    return Files.exists(own) || !Files.exists(SYSTEM) ? own : SYSTEM;
  }

  private static Path ownSocket(Map<String, String> environment, String home) {
    String runtime = nonEmpty(environment.get("XDG_RUNTIME_DIR"));
    if (runtime != null) {
      return Path.of(runtime, "weft.sock");
    }
    String state = nonEmpty(environment.get("XDG_STATE_HOME"));
    Path states = state == null ? Path.of(home, ".local", "state") : Path.of(state);
    return states.resolve("weft").resolve("weft.sock");
  }

  private static @Nullable String nonEmpty(@Nullable String value) {
    return value == null || value.isEmpty() ? null : value;
  }
}

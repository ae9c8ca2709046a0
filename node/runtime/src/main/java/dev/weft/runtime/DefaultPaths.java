package dev.weft.runtime;

import java.nio.file.Path;
import java.util.Map;

/// Where a daemon keeps its things when it is told nothing: system folders for root, the user's own
/// for others. The `weft` command looks for the socket in the same places.
record DefaultPaths(Path stateFolder, Path socket) {
  static DefaultPaths of(Map<String, String> environment, String user, String home) {
    if (user.equals("root")) {
      return new DefaultPaths(Path.of("/var/lib/weft"), Path.of("/run/weft/weft.sock"));
    }
    String states = environment.getOrDefault("XDG_STATE_HOME", "");
    Path folder =
        (states.isEmpty() ? Path.of(home, ".local", "state") : Path.of(states)).resolve("weft");
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    return new DefaultPaths(
        folder, (runtime.isEmpty() ? folder : Path.of(runtime)).resolve("weft.sock"));
  }
}

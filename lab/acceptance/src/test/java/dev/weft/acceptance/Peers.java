package dev.weft.acceptance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Finds the real programs to test against.
final class Peers {
  private Peers() {}

  /// The program's path; the test skips when it is absent.
  static Path require(String program) {
    Optional<Path> found = find(program);
    assumeTrue(
        found.isPresent(), () -> program + " is neither in $WEFT_PEERS nor on PATH: not tested");
    return found.orElseThrow();
  }

  static Optional<Path> find(String program) {
    return folders().stream().map(f -> f.resolve(program)).filter(Files::isExecutable).findFirst();
  }

  /// Each folder that holds an official client, one for each version to test with.
  static List<Path> officialClients() {
    Set<Path> clients = new LinkedHashSet<>();
    for (Path folder : folders()) {
      if (Files.isExecutable(folder.resolve("tailscaled"))
          && Files.isExecutable(folder.resolve("tailscale"))) {
        clients.add(folder);
      }
    }
    return List.copyOf(clients);
  }

  /// The test skips where namespaces cannot be made.
  static void requireRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root for network namespaces");
    for (String program : List.of("ip", "nft")) {
      require(program);
    }
  }

  private static List<Path> folders() {
    List<Path> folders = new ArrayList<>();
    for (String variable : List.of("WEFT_PEERS", "PATH")) {
      String value = System.getenv(variable);
      for (String folder : value == null ? new String[0] : value.split(File.pathSeparator, -1)) {
        if (!folder.isEmpty()) {
          folders.add(Path.of(folder));
        }
      }
    }
    return folders;
  }
}

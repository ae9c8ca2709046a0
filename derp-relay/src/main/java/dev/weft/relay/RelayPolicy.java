package dev.weft.relay;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Whom a relay serves, and how much.
///
/// @param verifyUrl asked about each client, as `POST` of its key: the `/verify` of a control plane
/// @param verifyFailOpen whether everybody is served while that cannot be reached
/// @param verifySocket LocalAPI of a node: only the peers that it knows are served
/// @param rate how fast each client may send
/// @param rateFile holds the rate instead, and is read again when it changes
/// @param meshKey the secret of the other relays of the region
/// @param meshWith those that this relay connects to, to send packets to their clients
public record RelayPolicy(
    Optional<URI> verifyUrl,
    boolean verifyFailOpen,
    Optional<Path> verifySocket,
    RateConfig rate,
    Optional<Path> rateFile,
    Optional<MeshKey> meshKey,
    List<MeshWith> meshWith) {
  /// Everybody, without limit, and no other relays.
  public static final RelayPolicy OPEN =
      new RelayPolicy(
          Optional.empty(),
          true,
          Optional.empty(),
          RateConfig.UNLIMITED,
          Optional.empty(),
          Optional.empty(),
          List.of());

  private static final int MAX_MESH = 64;

  public RelayPolicy {
    meshWith = List.copyOf(meshWith);
    if (meshWith.size() > MAX_MESH) {
      throw new IllegalArgumentException("a region has at most " + MAX_MESH + " relays");
    }
    if (!meshWith.isEmpty() && meshKey.isEmpty()) {
      throw new IllegalArgumentException("the relays of a region know each other by a mesh key");
    }
  }

  public RelayPolicy withVerifyUrl(URI url, boolean failOpen) {
    return new RelayPolicy(
        Optional.of(url), failOpen, verifySocket, rate, rateFile, meshKey, meshWith);
  }

  public RelayPolicy withVerifySocket(Path socket) {
    return new RelayPolicy(
        verifyUrl, verifyFailOpen, Optional.of(socket), rate, rateFile, meshKey, meshWith);
  }

  public RelayPolicy withRate(RateConfig limit) {
    return new RelayPolicy(
        verifyUrl, verifyFailOpen, verifySocket, limit, Optional.empty(), meshKey, meshWith);
  }

  public RelayPolicy withRateFile(Path file) {
    return new RelayPolicy(
        verifyUrl, verifyFailOpen, verifySocket, rate, Optional.of(file), meshKey, meshWith);
  }

  public RelayPolicy withMeshKey(MeshKey key) {
    return new RelayPolicy(
        verifyUrl, verifyFailOpen, verifySocket, rate, rateFile, Optional.of(key), meshWith);
  }

  /// Needs a mesh key.
  public RelayPolicy withMeshWith(List<MeshWith> relays) {
    return new RelayPolicy(
        verifyUrl, verifyFailOpen, verifySocket, rate, rateFile, meshKey, relays);
  }
}

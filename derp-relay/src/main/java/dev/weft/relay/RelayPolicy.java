package dev.weft.relay;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/// Whom a relay serves, and how much.
///
/// @param verifyUrl asked about each client, as `POST` of its key: the `/verify` of a control plane
/// @param verifyFailOpen whether everybody is served while that cannot be reached
/// @param verifySocket LocalAPI of a node: only the peers that it knows are served
/// @param rate how fast each client may send
/// @param rateFile holds the rate instead, and is read again when it changes
/// @param meshKey the secret of the other relays of the region
public record RelayPolicy(
    Optional<URI> verifyUrl,
    boolean verifyFailOpen,
    Optional<Path> verifySocket,
    RateConfig rate,
    Optional<Path> rateFile,
    Optional<MeshKey> meshKey) {
  /// Everybody, without limit, and no other relays.
  public static final RelayPolicy OPEN =
      new RelayPolicy(
          Optional.empty(),
          true,
          Optional.empty(),
          RateConfig.UNLIMITED,
          Optional.empty(),
          Optional.empty());

  public RelayPolicy withVerifyUrl(URI url, boolean failOpen) {
    return new RelayPolicy(Optional.of(url), failOpen, verifySocket, rate, rateFile, meshKey);
  }

  public RelayPolicy withVerifySocket(Path socket) {
    return new RelayPolicy(verifyUrl, verifyFailOpen, Optional.of(socket), rate, rateFile, meshKey);
  }

  public RelayPolicy withRate(RateConfig limit) {
    return new RelayPolicy(
        verifyUrl, verifyFailOpen, verifySocket, limit, Optional.empty(), meshKey);
  }

  public RelayPolicy withRateFile(Path file) {
    return new RelayPolicy(
        verifyUrl, verifyFailOpen, verifySocket, rate, Optional.of(file), meshKey);
  }

  public RelayPolicy withMeshKey(MeshKey key) {
    return new RelayPolicy(
        verifyUrl, verifyFailOpen, verifySocket, rate, rateFile, Optional.of(key));
  }
}

package dev.weft.relay;

import dev.weft.keys.NodeKey;
import dev.weft.transport.tls.CurrentTls;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// The TLS that the relay serves with: of its own certificate, which stays, or of one in a folder,
/// which may be replaced.
///
/// @param certName what a DERP map says of the certificate; empty when the host's name is enough.
///   One that is replaced is never pinned
record ServingTls(CurrentTls current, Optional<String> certName) {
  static ServingTls of(
      RelaySettings settings, KeptFiles files, NodeKey relay, InstantSource wallClock)
      throws RelayException {
    String hostname = settings.hostname();
    if (settings.certDir().isPresent()) {
      Path folder = settings.certDir().get();
      CurrentTls replaced =
          CurrentTls.of(
              RelayCertificate.files(folder, hostname),
              () ->
                  RelayTls.context(
                      RelayCertificate.given(folder, hostname),
                      SelfSigned.meta(relay, wallClock.instant())));
      return new ServingTls(replaced, Optional.empty());
    }
    RelayCertificate own = RelayCertificate.own(files, hostname, wallClock.instant());
    CurrentTls kept =
        CurrentTls.of(
            List.of(), () -> RelayTls.context(own, SelfSigned.meta(relay, wallClock.instant())));
    return new ServingTls(kept, own.certName());
  }
}

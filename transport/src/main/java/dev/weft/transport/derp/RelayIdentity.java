package dev.weft.transport.derp;

/// How a client knows that a relay is the one in its DERP map (`docs/protocol/dataplane.md §5.3`,
/// `docs/protocol/selfhosted.md` part 2 C).
public sealed interface RelayIdentity {
  /// A certificate for this name, from an authority that the client trusts.
  record Named(String name) implements RelayIdentity {}

  /// Exactly one certificate, whose SHA-256 is this. It must also be valid now and name the host.
  ///
  /// @param sha256 64 lower-case hex digits; anything else matches no certificate
  record Pinned(String sha256, String host) implements RelayIdentity {}

  /// Whoever answers. For laboratories.
  record Unchecked() implements RelayIdentity {}

  String PIN_PREFIX = "sha256-raw:";

  /// The identity that a node of a DERP map asks for.
  static RelayIdentity of(String hostName, String certName, boolean insecureForTests) {
    if (insecureForTests) {
      return new Unchecked();
    }
    if (certName.startsWith(PIN_PREFIX)) {
      return new Pinned(certName.substring(PIN_PREFIX.length()), hostName);
    }
    return new Named(certName.isEmpty() ? hostName : certName);
  }
}

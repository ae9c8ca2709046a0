package dev.weft.noise;

/// The two handshakes, with the names that their hashes start from.
public enum IkPattern {
  /// The control protocol's.
  IK("Noise_IK_25519_ChaChaPoly_BLAKE2s"),

  /// WireGuard's: a pre-shared key is mixed in at the end of the response. Thirty-two zero bytes
  /// stand for "none" and are mixed in too.
  IKPSK2("Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s");

  private final String protocolName;

  IkPattern(String protocolName) {
    this.protocolName = protocolName;
  }

  String protocolName() {
    return protocolName;
  }
}

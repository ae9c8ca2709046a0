package dev.weft.noise;

import dev.weft.base.Bytes;

/// What a finished handshake leaves: a key for each direction, and a name for the channel.
public final class TransportKeys {
  private final byte[] initiatorToResponder;
  private final byte[] responderToInitiator;
  private final Bytes handshakeHash;

  TransportKeys(byte[] initiatorToResponder, byte[] responderToInitiator, byte[] handshakeHash) {
    this.initiatorToResponder = initiatorToResponder;
    this.responderToInitiator = responderToInitiator;
    this.handshakeHash = Bytes.of(handshakeHash);
  }

  /// A copy of the key of what the initiator sends.
  public byte[] initiatorToResponder() {
    return initiatorToResponder.clone();
  }

  /// A copy of the key of what the responder sends.
  public byte[] responderToInitiator() {
    return responderToInitiator.clone();
  }

  /// The channel binding (Noise §11.2): equal on both sides, unique to this handshake, not secret.
  public Bytes handshakeHash() {
    return handshakeHash;
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}

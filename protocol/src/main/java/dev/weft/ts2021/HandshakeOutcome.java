package dev.weft.ts2021;

/// What a client's handshake came to.
public sealed interface HandshakeOutcome {
  /// The server has proved to hold the key that was dialled.
  record Established(SecureChannel channel) implements HandshakeOutcome {}

  /// The server declines.
  ///
  /// @param text what it says; anyone on the way could have said it. Control characters are removed
  record Refused(String text) implements HandshakeOutcome {}

  /// The answer is not one, or comes from the holder of another key.
  record Failed(Fault fault) implements HandshakeOutcome {}
}

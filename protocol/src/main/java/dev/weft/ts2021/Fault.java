package dev.weft.ts2021;

/// What is wrong with a frame. Each ends the connection.
public enum Fault {
  /// The type byte is not the one that belongs here.
  UNEXPECTED_TYPE,

  /// The length is not one that this frame can have.
  BAD_LENGTH,

  /// The ciphertext is not from the peer, not for us, or not the next one.
  NOT_AUTHENTIC,

  /// The counter of this direction has run out.
  EXHAUSTED
}

package dev.weft.stun;

/// Why a datagram is no usable STUN message. Such a datagram is counted and never answered.
public enum StunDrop implements RequestOutcome, ResponseOutcome {
  /// Shorter than a header, top bits set or without the magic cookie.
  NOT_STUN,
  /// A STUN message, but of another kind than the caller expects.
  UNEXPECTED_TYPE,
  /// The lengths do not add up, or an address has an unknown family.
  MALFORMED,
  /// A request that does not name the software of a tailnet client.
  FOREIGN_SOFTWARE,
  /// A request that does not end with a FINGERPRINT.
  NO_FINGERPRINT,
  /// A request whose FINGERPRINT does not match its bytes.
  WRONG_FINGERPRINT,
  /// A response that names no address.
  NO_ADDRESS
}

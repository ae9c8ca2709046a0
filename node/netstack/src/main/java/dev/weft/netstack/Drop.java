package dev.weft.netstack;

/// Why a received packet, or a part of one, was not used. Each has a counter ([Netstack#drops]).
public enum Drop {
  /// Not an IP packet, or one that contradicts itself.
  MALFORMED,
  BAD_CHECKSUM,
  /// A source that nobody can answer: multicast, unspecified.
  BAD_SOURCE,
  /// Not for us, and no forwarder.
  FOREIGN_DESTINATION,
  UNKNOWN_PROTOCOL,
  /// Fragments: too many, overlapping, or never completed.
  FRAGMENT,
  /// No socket at the port.
  NO_SOCKET,
  /// A SYN beyond the limit of half-open or of all connections.
  TOO_MANY_CONNECTIONS,
  /// A segment outside of the receive window.
  OUT_OF_WINDOW,
  /// A timestamp of the past (PAWS, RFC 7323 §5), or none where one was agreed on.
  OLD_TIMESTAMP,
  /// RFC 5961: a reset, SYN or acknowledgment that might be forged.
  SUSPICIOUS,
  /// A segment without the ACK bit, or one that the state has no use for.
  USELESS,
  /// No memory for the data, or too many holes.
  NO_MEMORY,
  /// A datagram or looped-back packet beyond the queue's bound.
  QUEUE_FULL
}

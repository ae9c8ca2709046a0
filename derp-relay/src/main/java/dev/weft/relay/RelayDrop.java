package dev.weft.relay;

/// Why a relay did not pass a packet on. Each has a counter in [Traffic].
public enum RelayDrop {
  /// Nobody with that key is connected.
  UNKNOWN_DESTINATION,
  /// The receiver did not keep up; the oldest went.
  QUEUE_FULL,
  /// The receiver left while the packet waited.
  RECEIVER_GONE
}

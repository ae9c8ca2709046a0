package dev.weft.netstack;

/// Why a connection is over.
public enum CloseReason {
  /// Both sides closed in order, or we did and need nothing more from it.
  FINISHED,
  /// We reset it.
  ABORTED,
  /// The peer answered our SYN with a reset.
  REFUSED,
  /// The peer's policy does not let us connect.
  PROHIBITED,
  /// The peer reset it.
  RESET,
  /// The peer stopped answering.
  TIMED_OUT,
  /// The network said that there is no way to the peer.
  UNREACHABLE
}

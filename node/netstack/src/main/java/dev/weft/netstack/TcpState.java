package dev.weft.netstack;

/// The states of RFC 9293 §3.3.2 and one before them.
public enum TcpState {
  /// A SYN has come and the application has not decided.
  UNDECIDED("UNDECIDED"),
  SYN_SENT("SYN-SENT"),
  SYN_RECEIVED("SYN-RECEIVED"),
  ESTABLISHED("ESTABLISHED"),
  FIN_WAIT_1("FIN-WAIT-1"),
  FIN_WAIT_2("FIN-WAIT-2"),
  CLOSE_WAIT("CLOSE-WAIT"),
  CLOSING("CLOSING"),
  LAST_ACK("LAST-ACK"),
  TIME_WAIT("TIME-WAIT"),
  CLOSED("CLOSED");

  private final String name;

  TcpState(String name) {
    this.name = name;
  }

  /// Both sides have seen each other's SYN, and segments are taken for the connection.
  boolean isSynchronized() {
    return switch (this) {
      case ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT -> true;
      case UNDECIDED, SYN_SENT, SYN_RECEIVED, CLOSED -> false;
    };
  }

  /// The peer may still send data.
  boolean receives() {
    return this == ESTABLISHED || this == FIN_WAIT_1 || this == FIN_WAIT_2;
  }

  /// There may be data or a FIN to send, or to send again.
  boolean sends() {
    return switch (this) {
      case ESTABLISHED, CLOSE_WAIT, FIN_WAIT_1, CLOSING, LAST_ACK -> true;
      case UNDECIDED, SYN_SENT, SYN_RECEIVED, FIN_WAIT_2, TIME_WAIT, CLOSED -> false;
    };
  }

  /// The handshake is not complete: what a flood of SYNs makes many of.
  boolean isHalfOpen() {
    return this == UNDECIDED || this == SYN_RECEIVED;
  }

  @Override
  public String toString() {
    return name;
  }
}

package dev.weft.netstack;

import dev.weft.base.Endpoint;

/// A peer's SYN that waits for a decision. Kept as long as needed, but not longer than a minute:
/// then it is rejected.
public interface TcpRequest {
  /// The address and port that the peer dialled.
  Endpoint local();

  Endpoint remote();

  /// Completes the handshake; the handler hears when it is complete, or that the peer went away.
  TcpSocket accept(TcpHandler handler);

  /// Answers with a reset, as a closed port does.
  void reject();
}

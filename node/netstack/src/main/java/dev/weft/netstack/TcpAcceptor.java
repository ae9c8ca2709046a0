package dev.weft.netstack;

/// Takes connections of a listening port.
@FunctionalInterface
public interface TcpAcceptor {
  /// A connection that has completed its handshake. The acceptor sets a handler before it returns.
  void onAccepted(TcpSocket socket);
}

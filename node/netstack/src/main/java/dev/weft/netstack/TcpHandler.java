package dev.weft.netstack;

/// What the application hears of one connection.
///
/// Calls come from [Netstack#flush] and never from within a call into the socket, so a handler may
/// do anything with the socket.
public interface TcpHandler {
  /// The handshake is complete. Never called for a connection that a listener handed over.
  void onConnected();

  /// There is something to read, or the peer has ended its stream ([TcpSocket#isInputEnded]). Said
  /// once; the next time after more has come.
  void onReadable();

  /// There is room again after a write took less than it was offered.
  void onWritable();

  /// The connection is gone; what was received before may still be read. The last call. Whoever
  /// does not read to the end must [TcpSocket#close] to give the memory back.
  void onClosed(CloseReason reason);
}

package dev.weft.netstack;

import dev.weft.base.Endpoint;
import java.nio.ByteBuffer;

/// One TCP connection as its application holds it.
///
/// Every method only changes state; packets leave at the next [Netstack#flush], which the one who
/// drives the stack is asked for ([Netstack#hasWork]).
public sealed interface TcpSocket permits TcpConnection {
  Endpoint local();

  Endpoint remote();

  TcpState state();

  void setHandler(TcpHandler handler);

  /// Moves received bytes into `target` and returns how many; zero when there are none now.
  int read(ByteBuffer target);

  int readableBytes();

  /// The peer has closed its direction and everything was read.
  boolean isInputEnded();

  /// Takes bytes to send and returns how many; when not all, [TcpHandler#onWritable] follows.
  int write(ByteBuffer source);

  /// How much [#write] would take.
  int writableBytes();

  /// Bytes that the peer has not acknowledged.
  int unacknowledgedBytes();

  /// Ends our direction after what was written: half close.
  void shutdownOutput();

  /// Ends both directions. What was written still goes out; data that was received and not read, or
  /// that still comes, resets the connection, since nobody will read it (RFC 9293 §3.6.1, RFC 1122
  /// §4.2.2.13).
  void close();

  /// Resets the connection.
  void abort();

  /// Off: small writes wait for acknowledgments (Nagle, RFC 9293 §3.7.4). On by default.
  void setNoDelay(boolean on);

  /// Probes an idle peer (RFC 9293 §3.8.4); off by default. The connection is given up after nine
  /// probes without an answer.
  ///
  /// @param idleNanos silence before the first probe; zero turns probing off
  void setKeepAlive(long idleNanos, long intervalNanos);
}

package dev.weft.netstack.channel;

import dev.weft.netstack.TcpSocket;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// A socket's send buffer as the target of a file transfer.
final class SocketByteChannel implements WritableByteChannel {
  private final TcpSocket socket;

  SocketByteChannel(TcpSocket socket) {
    this.socket = socket;
  }

  @Override
  public int write(ByteBuffer source) {
    return socket.write(source);
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}

package dev.weft.netstack;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One end of a connection in a test: writes what it is told to, reads all that comes unless
/// paused.
final class Peer implements TcpHandler {
  @Nullable TcpSocket socket;
  final ByteArrayOutputStream received = new ByteArrayOutputStream();
  boolean keepsBytes = true;
  boolean paused;
  boolean connected;
  boolean ended;
  boolean shutdownWhenWritten;
  boolean closeWhenEnded;
  long receivedBytes;
  int receivedHash = 1;
  @Nullable CloseReason closed;
  private ByteBuffer pending = ByteBuffer.allocate(0);
  private final ByteBuffer chunk = ByteBuffer.allocate(1 << 16);

  void send(byte[] bytes) {
    byte[] left = Arrays.copyOfRange(pending.array(), pending.position(), pending.limit());
    byte[] all = Arrays.copyOf(left, left.length + bytes.length);
    System.arraycopy(bytes, 0, all, left.length, bytes.length);
    pending = ByteBuffer.wrap(all);
    write();
  }

  void resume() {
    paused = false;
    onReadable();
  }

  private void write() {
    if (socket == null) {
      return;
    }
    socket.write(pending);
    if (!pending.hasRemaining() && shutdownWhenWritten) {
      socket.shutdownOutput();
      if (ended && closeWhenEnded) {
        socket.close();
      }
    }
  }

  boolean isWritten() {
    return !pending.hasRemaining();
  }

  @Override
  public void onConnected() {
    connected = true;
    write();
  }

  @Override
  public void onReadable() {
    if (paused || socket == null) {
      return;
    }
    int n;
    do {
      chunk.clear();
      n = socket.read(chunk);
      if (keepsBytes) {
        received.write(chunk.array(), 0, n);
      }
      for (int i = 0; i < n; i++) {
        receivedHash = 31 * receivedHash + chunk.get(i);
      }
      receivedBytes += n;
    } while (n > 0);
    if (socket.isInputEnded()) {
      ended = true;
    }
    if (ended && closeWhenEnded && isWritten()) {
      socket.close();
    }
  }

  @Override
  public void onWritable() {
    write();
  }

  @Override
  public void onClosed(CloseReason reason) {
    closed = reason;
  }

  @Override
  public String toString() {
    return socket
        + " closed "
        + closed
        + " ended "
        + ended
        + " read "
        + receivedBytes
        + " unwritten "
        + pending.remaining()
        + (paused ? " paused" : "");
  }
}

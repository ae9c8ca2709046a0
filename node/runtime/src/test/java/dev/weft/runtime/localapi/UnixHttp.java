package dev.weft.runtime.localapi;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// A client that sends exactly the bytes it is given.
final class UnixHttp implements Closeable {
  private final SocketChannel channel;

  UnixHttp(Path socket) throws IOException {
    channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
  }

  void send(String text) throws IOException {
    channel.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
  }

  /// Reads up to and with `end`.
  String readTo(String end) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (!read.toString(UTF_8).endsWith(end)) {
      if (channel.read(one.clear()) < 0) {
        throw new EOFException("after: " + read.toString(UTF_8));
      }
      read.write(one.get(0));
    }
    return read.toString(UTF_8);
  }

  String readToEnd() throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    ByteBuffer some = ByteBuffer.allocate(4096);
    while (channel.read(some.clear()) >= 0) {
      read.write(some.array(), 0, some.position());
    }
    return read.toString(UTF_8);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

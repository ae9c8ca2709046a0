package dev.weft.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weft.base.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One HTTP/1.1 exchange with the daemon over its unix socket: as much of RFC 9112 as that takes.
/// The connection is used once.
final class LocalHttp implements Closeable {
  private static final int MAX_LINE = 64 << 10;
  private static final int MAX_BODY = 256 << 20; // a status with a hundred thousand peers
  private static final long TO_THE_END = -1;

  private final SocketChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(16 << 10).flip();
  private int status;
  private String etag = "";
  private String dialAddress = "";
  private boolean chunked;
  private long length = TO_THE_END;
  private long leftInChunk;
  private boolean ended;

  private LocalHttp(SocketChannel channel) {
    this.channel = channel;
  }

  static LocalHttp connect(Path socket) throws IOException {
    return new LocalHttp(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
  }

  /// Sends a request and reads the head of its answer.
  ///
  /// @param ifMatch the entity tag that must still be right; empty for none
  void send(String method, String target, String body, String ifMatch) throws IOException {
    byte[] content = body.getBytes(UTF_8);
    StringBuilder head = new StringBuilder(256);
    head.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    head.append("Host: local-tailscaled.sock\r\nConnection: close\r\n");
    if (!ifMatch.isEmpty()) {
      head.append("If-Match: ").append(ifMatch).append("\r\n");
    }
    if (!method.equals("GET")) {
      head.append("Content-Length: ").append(content.length).append("\r\n");
    }
    head.append("\r\n");
    write(head.toString().getBytes(ISO_8859_1));
    write(content);
    readHead();
  }

  /// Sends a request without a body that asks for another protocol, and reads the head of its
  /// answer.
  ///
  /// @param fields whole header lines
  void sendWith(String method, String target, String fields) throws IOException {
    String head =
        method
            + ' '
            + target
            + " HTTP/1.1\r\nHost: local-tailscaled.sock\r\n"
            + fields
            + "Content-Length: 0\r\n\r\n";
    write(head.getBytes(ISO_8859_1));
    readHead();
  }

  /// The connection itself, once the daemon has agreed to another protocol. Closing it closes this.
  Stream stream() {
    return new Stream(channel, buffer);
  }

  /// A connection as bytes.
  ///
  /// @param leftOver what has come already
  record Stream(SocketChannel channel, ByteBuffer leftOver) implements Closeable {
    /// @param address such as `192.0.2.7:22` or `[2001:db8::1]:22`
    static Stream connect(String address) throws IOException {
      Endpoint to = Endpoint.parse(address);
      return new Stream(SocketChannel.open(to.toSocketAddress()), ByteBuffer.allocate(0));
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private void write(byte[] bytes) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(bytes);
    while (out.hasRemaining()) {
      channel.write(out);
    }
  }

  private void readHead() throws IOException {
    String line = readLine();
    if (!line.startsWith("HTTP/1.") || line.length() < 12) {
      throw new IOException("the socket does not speak HTTP");
    }
    status = parse(line.substring(9, 12), 10);
    for (line = readLine(); !line.isEmpty(); line = readLine()) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        header(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    if (status == 204) {
      ended = true;
    }
  }

  private void header(String name, String value) throws IOException {
    switch (name) {
      case "etag" -> etag = value;
      case "dial-addr" -> dialAddress = value;
      case "content-length" -> length = parse(value, 10);
      case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
      default -> {}
    }
  }

  /// The whole answer.
  HttpAnswer answer() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (fillBody()) {
      int available = (int) Math.min(buffer.remaining(), left());
      body.write(buffer.array(), buffer.position(), available);
      consume(available);
      if (body.size() > MAX_BODY) {
        throw new IOException("the daemon's answer is too large");
      }
    }
    return new HttpAnswer(status, etag, body.toString(UTF_8));
  }

  /// The next line of a streamed body, without its end; null at the end of the stream.
  @Nullable String nextLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (fillBody()) {
      byte b = buffer.get(buffer.position());
      consume(1);
      if (b == '\n') {
        return line.toString(UTF_8);
      }
      line.write(b);
      if (line.size() > MAX_BODY) {
        throw new IOException("the daemon's event is too large");
      }
    }
    return null;
  }

  /// Copies a streamed body to its end.
  void copyTo(OutputStream out) throws IOException {
    while (fillBody()) {
      int available = (int) Math.min(buffer.remaining(), left());
      out.write(buffer.array(), buffer.position(), available);
      out.flush();
      consume(available);
    }
  }

  /// Where the caller is told to dial by itself; empty when it is not.
  String dialAddress() {
    return dialAddress;
  }

  int status() {
    return status;
  }

  /// Makes sure that a byte of the body is in the buffer; false at the body's end.
  private boolean fillBody() throws IOException {
    if (ended || length == 0 && !chunked) {
      return false;
    }
    if (chunked && leftInChunk == 0) {
      nextChunk();
      if (ended) {
        return false;
      }
    }
    if (buffer.hasRemaining() || fill()) {
      return true;
    }
    if (chunked || length != TO_THE_END) {
      throw new EOFException("the daemon closed the connection");
    }
    return false;
  }

  private void nextChunk() throws IOException {
    String size = readLine();
    if (size.isEmpty()) { // the line end behind the chunk before
      size = readLine();
    }
    int semicolon = size.indexOf(';');
    leftInChunk = parse(semicolon < 0 ? size : size.substring(0, semicolon), 16);
    ended = leftInChunk == 0;
  }

  private long left() {
    if (chunked) {
      return leftInChunk;
    }
    return length == TO_THE_END ? Long.MAX_VALUE : length;
  }

  private void consume(int bytes) {
    buffer.position(buffer.position() + bytes);
    if (chunked) {
      leftInChunk -= bytes;
    } else if (length != TO_THE_END) {
      length -= bytes;
    }
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.length() < MAX_LINE) {
      if (!buffer.hasRemaining() && !fill()) {
        throw new EOFException("the daemon closed the connection");
      }
      char c = (char) (buffer.get() & 0xff);
      if (c == '\n') {
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r'
            ? line.substring(0, end - 1)
            : line.toString();
      }
      line.append(c);
    }
    throw new IOException("the daemon's answer is no HTTP");
  }

  private boolean fill() throws IOException {
    buffer.clear();
    int read = channel.read(buffer);
    buffer.flip();
    return read > 0;
  }

  private static int parse(String digits, int radix) throws IOException {
    try {
      return Integer.parseInt(digits.strip(), radix);
    } catch (NumberFormatException _) {
      throw new IOException("the daemon's answer is no HTTP");
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

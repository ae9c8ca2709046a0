package dev.weft.serve;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// One end of an HTTP connection in the hands of a test: sends bytes as they are given, reads
/// messages. Used as a client and, for what a backend receives, as a server.
final class HttpClientSocket implements AutoCloseable {
  final Socket socket;
  final InputStream in;

  HttpClientSocket(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(10_000);
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  HttpClientSocket send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  HttpClientSocket send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  HttpClientSocket get(String path) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\nHost: a.lab.net\r\n\r\n");
  }

  /// A message as it stood on the wire: first line, header lines, body without chunked framing.
  static final class Message {
    private final String first;
    private final List<String> lines;
    private final byte[] body;
    private final List<String> trailer;

    Message(String first, List<String> lines, byte[] body, List<String> trailer) {
      this.first = first;
      this.lines = lines;
      this.body = body;
      this.trailer = trailer;
    }

    String first() {
      return first;
    }

    List<String> lines() {
      return lines;
    }

    byte[] body() {
      return body;
    }

    List<String> trailer() {
      return trailer;
    }

    String text() {
      return new String(body, StandardCharsets.ISO_8859_1);
    }

    int status() {
      return Integer.parseInt(first.substring(9, 12));
    }

    /// The value of the one field of that name; null without one, an error with several.
    String field(String name) {
      List<String> found = fields(name);
      if (found.size() > 1) {
        throw new AssertionError("several " + name + ": " + lines);
      }
      return found.isEmpty() ? null : found.getFirst();
    }

    List<String> fields(String name) {
      String prefix = name.toLowerCase(Locale.ROOT) + ":";
      return lines.stream()
          .filter(l -> l.toLowerCase(Locale.ROOT).startsWith(prefix))
          .map(l -> l.substring(prefix.length()).strip())
          .toList();
    }
  }

  /// Reads a head and the body that belongs to it, with the connection's end as the last resort.
  Message read() throws IOException {
    return read(false);
  }

  Message read(boolean headOnly) throws IOException {
    String first = line();
    List<String> lines = lines();
    Message head = new Message(first, lines, new byte[0], List.of());
    String length = head.field("content-length");
    boolean none =
        headOnly
            || first.startsWith("HTTP/")
                && (head.status() < 200 || head.status() == 204 || head.status() == 304);
    if (none) {
      return head;
    }
    if (head.field("transfer-encoding") != null) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      while (true) {
        int size = Integer.parseInt(line(), 16);
        if (size == 0) {
          return new Message(first, lines, body.toByteArray(), lines());
        }
        body.write(exactly(size));
        if (!line().isEmpty()) {
          throw new IOException("no line end behind a chunk");
        }
      }
    }
    if (length != null) {
      return new Message(first, lines, exactly(Integer.parseInt(length)), List.of());
    }
    boolean isRequest = !first.startsWith("HTTP/");
    return new Message(first, lines, isRequest ? new byte[0] : in.readAllBytes(), List.of());
  }

  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      lines.add(line);
    }
    return lines;
  }

  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("end after \"" + line + "\"");
      }
      if (c == '\n') {
        if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
          throw new IOException("bare LF after \"" + line + "\"");
        }
        line.setLength(line.length() - 1);
        return line.toString();
      }
      line.append((char) c);
    }
  }

  byte[] exactly(int size) throws IOException {
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException("end after " + bytes.length + " of " + size);
    }
    return bytes;
  }

  boolean isAtEnd() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException _) {
      return true; // reset
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

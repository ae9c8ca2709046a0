package dev.weft.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// A daemon that answers what it is told to, and notes what it was asked.
final class FakeDaemon implements Closeable {
  private final ServerSocketChannel server;
  private final Thread acceptor;
  private final Map<String, String> answers = new HashMap<>();
  private final List<String> requests = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private boolean eventsEnd = true;
  private String warnings = "null";
  final CountDownLatch watchClosed = new CountDownLatch(1);

  FakeDaemon(Path socket) throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    acceptor = Thread.ofVirtual().start(this::accept);
  }

  /// @param request method and path, such as `GET status`; the query does not count
  FakeDaemon answer(String request, int status, String body) {
    String head = "HTTP/1.1 " + status + " x\r\nEtag: tag-1\r\n";
    String framed =
        status == 204
            ? "\r\n"
            : "Content-Length: " + body.getBytes(UTF_8).length + "\r\n\r\n" + body;
    answers.put(request, head + framed);
    return this;
  }

  /// The answer byte for byte.
  FakeDaemon answerRaw(String request, String bytes) {
    answers.put(request, bytes);
    return this;
  }

  /// What a watcher hears, after which the stream ends.
  FakeDaemon events(String... lines) {
    events.addAll(List.of(lines));
    return this;
  }

  /// What is wrong when a watch begins.
  FakeDaemon warnings(String json) {
    warnings = json;
    return this;
  }

  /// The stream of events stays open.
  FakeDaemon withoutEnd() {
    eventsEnd = false;
    return this;
  }

  /// Every request so far: method, path with query, and body, separated by spaces.
  synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException _) {
      // closed
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      String head = readHead(client);
      String line =
          head.substring(0, head.indexOf("\r\n"))
              .replace(" HTTP/1.1", "")
              .replace("/localapi/v0/", "");
      String body = readBody(client, head);
      String ifMatch = header(head, "If-Match: ");
      synchronized (this) {
        requests.add((line + " " + body + (ifMatch.isEmpty() ? "" : " if " + ifMatch)).strip());
      }
      String request = line.replaceAll("\\?.*", "");
      if (request.equals("GET watch-ipn-bus")) {
        stream(client, line);
      } else {
        write(
            client,
            answers.getOrDefault(
                request, "HTTP/1.1 404 x\r\nContent-Length: 10\r\n\r\nnot found\n"));
      }
    } catch (IOException _) {
      // the client is gone
    }
  }

  private void stream(SocketChannel client, String request) throws IOException {
    write(client, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    List<String> lines = new ArrayList<>(events);
    if (request.endsWith("?mask=130")) { // the first event of a watch that asks for the health
      lines.addFirst("{\"Health\":{\"Warnings\":" + warnings + "}}");
    }
    for (String event : lines) {
      byte[] line = (event + "\n").getBytes(UTF_8);
      // In two chunks, since nothing says that an event is one.
      write(client, "1\r\n" + event.charAt(0) + "\r\n");
      write(client, Integer.toHexString(line.length - 1) + "\r\n" + event.substring(1) + "\n\r\n");
    }
    if (eventsEnd) {
      write(client, "0\r\n\r\n");
    } else {
      int read = 0;
      while (read >= 0) {
        read = client.read(ByteBuffer.allocate(64));
      }
      watchClosed.countDown();
    }
  }

  private static String readHead(SocketChannel client) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (!head.toString(UTF_8).endsWith("\r\n\r\n")) {
      if (client.read(one.clear()) < 0) {
        throw new IOException("gone");
      }
      head.write(one.get(0));
    }
    return head.toString(UTF_8);
  }

  private static String readBody(SocketChannel client, String head) throws IOException {
    String length = header(head, "Content-Length: ");
    ByteBuffer body = ByteBuffer.allocate(length.isEmpty() ? 0 : Integer.parseInt(length));
    while (body.hasRemaining()) {
      client.read(body);
    }
    return new String(body.array(), UTF_8);
  }

  private static String header(String head, String name) {
    int at = head.indexOf(name);
    return at < 0 ? "" : head.substring(at + name.length(), head.indexOf("\r\n", at));
  }

  private static void write(SocketChannel client, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
    while (bytes.hasRemaining()) {
      client.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    try {
      // Until the thread inside accept has left, the kernel still takes connections.
      acceptor.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

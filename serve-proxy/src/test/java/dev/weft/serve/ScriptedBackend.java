package dev.weft.serve;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// A backend that does what a test says, connection by connection.
final class ScriptedBackend implements AutoCloseable {
  @FunctionalInterface
  interface Script {
    /// Runs for one connection, which is closed when this returns.
    void run(HttpClientSocket connection) throws Exception;
  }

  private final ServerSocket server;
  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
  final AtomicInteger connections = new AtomicInteger();
  final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  ScriptedBackend(Script script) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
  }

  ScriptedBackend(ServerSocket server, Script script) {
    this.server = server;
    Thread.ofVirtual().start(() -> accept(script));
  }

  /// Answers each request of a connection.
  static ScriptedBackend answering(Answer answer) throws IOException {
    return new ScriptedBackend(answers(answer));
  }

  static Script answers(Answer answer) {
    return connection -> {
      while (true) {
        HttpClientSocket.Message request;
        try {
          request = connection.read();
        } catch (EOFException | SocketException _) {
          return;
        }
        connection.send(answer.to(request));
      }
    };
  }

  @FunctionalInterface
  interface Answer {
    String to(HttpClientSocket.Message request);
  }

  static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private void accept(Script script) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        connections.incrementAndGet();
        Thread.ofVirtual()
            .start(() -> {
              try (HttpClientSocket connection = new HttpClientSocket(socket)) {
                script.run(connection);
              } catch (Throwable e) {
                failures.add(e);
              }
            });
      } catch (IOException _) {
        return;
      }
    }
  }

  int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}

package dev.weft.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// An HTTP proxy that knows `CONNECT` and nothing else, for tests of whoever goes through one.
public final class ConnectProxy implements AutoCloseable {
  private static final int MAX_HEAD = 16 << 10;

  private final ServerSocket listener;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile String password = "";
  private volatile String answer = "";

  /// Serves what this socket accepts, until it is closed.
  public ConnectProxy(ServerSocket listener) {
    this.listener = listener;
    Thread.ofPlatform().daemon().name("connect-proxy").start(this::accept);
  }

  public static ConnectProxy onLoopback() throws IOException {
    return new ConnectProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
  }

  /// Runs one: `ADDRESS PORT [USER:PASSWORD]`.
  public static void main(String[] args) throws Exception {
    ServerSocket listener =
        new ServerSocket(Integer.parseInt(args[1]), 50, InetAddress.getByName(args[0]));
    ConnectProxy proxy = new ConnectProxy(listener);
    if (args.length > 2) {
      proxy.demand(args[2]);
    }
    System.out.println("proxy on " + proxy.address());
    Thread.currentThread().join();
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /// The proxy's URL.
  public String url() {
    return "http://" + address().getAddress().getHostAddress() + ":" + listener.getLocalPort();
  }

  /// From now on nobody is let through without this `user:password`.
  public void demand(String userAndPassword) {
    password = userAndPassword;
  }

  /// From now on everybody is answered this and nothing else; empty to serve again.
  public void answer(String text) {
    answer = text;
  }

  /// The request lines that came.
  public List<String> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        // Closed, or one client that came to nothing.
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      String head = head(client.getInputStream());
      requests.add(head.lines().findFirst().orElse(""));
      OutputStream out = client.getOutputStream();
      if (!answer.isEmpty()) {
        send(out, answer);
        client.getInputStream().transferTo(OutputStream.nullOutputStream());
        return;
      }
      byte[] secret = password.getBytes(StandardCharsets.UTF_8);
      String expected = "Proxy-Authorization: Basic " + Base64.getEncoder().encodeToString(secret);
      if (!password.isEmpty() && head.lines().noneMatch(expected::equals)) {
        send(out, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
        return;
      }
      String[] words = head.split("[ \r]", 3);
      int colon = words[1].lastIndexOf(':');
      String host = words[1].substring(0, colon).replaceAll("[\\[\\]]", "");
      try (Socket server = new Socket(host, Integer.parseInt(words[1].substring(colon + 1)))) {
        send(out, "HTTP/1.1 200 Connection established\r\n\r\n");
        Thread back = Thread.ofVirtual().start(() -> copy(server, client));
        copy(client, server);
        back.join();
      }
    } catch (IOException | RuntimeException e) {
      // The client learns it by the end of the connection.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0 || head.size() > MAX_HEAD) {
        throw new IOException("no request");
      }
      head.write(b);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // One side has ended; the other is closed by whoever opened it.
      try {
        from.close();
        to.close();
      } catch (IOException again) {
        // Closed.
      }
    }
  }
}

package dev.weft.runtime.socks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.runtime.socks.ProxyServer.Protocol;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ConnectTimeoutException;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Real clients over loopback; the dialer is a fake that maps names to a local server or to a
/// failure.
@SuppressWarnings("try") // ends are closed early on purpose
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProxyServerTest {
  private static final Map<String, Exception> FAILURES =
      Map.of(
          "refused", new ConnectException("Connection refused"),
          "unknown", new UnknownHostException("unknown"),
          "noroute", new NoRouteToHostException("No route to host"),
          "nonet", new NoRouteToHostException("Network is unreachable"),
          "slow", new ConnectTimeoutException("connection timed out"),
          "forbidden", new SecurityException("by policy"),
          "odd", new IllegalStateException("odd"));

  private final NodeLoop loop = new NodeLoop();
  private final BlockingQueue<String> dialled = new LinkedBlockingQueue<>();
  private ServerSocket server;
  private SocketAddress target;
  private ProxyServer proxy;

  @BeforeEach
  void start() throws Exception {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    target = server.getLocalSocketAddress();
    proxy =
        ProxyServer.listen(
            loop,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            EnumSet.allOf(Protocol.class),
            new FakeDialer());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    server.close();
    loop.close();
  }

  @Test
  void aNameReachesTheDialerAsTheClientWroteIt() throws Exception {
    try (Socket client = socks(domain("Web.Home.Weft", 80));
        Socket end = server.accept()) {
      assertEquals("Web.Home.Weft:80", dialled.take());
      assertReply(client, 0);
      end.getOutputStream().write("hello".getBytes(US_ASCII));
      assertEquals("hello", read(client, 5));
    }
  }

  @Test
  void addressesOfBothFamiliesAreDialled() throws Exception {
    socks("05010001" + "64400001" + "0050").close();
    assertEquals("100.64.0.1:80", dialled.take());
    socks("05010004" + "fd7a115ca1e000000000000000000001" + "01bb").close();
    assertTrue(dialled.take().matches("fd7a:115c:a1e0:.*1:443"));
  }

  @Test
  void theReplySaysWhyADialFailed() throws Exception {
    Map<String, Integer> codes =
        Map.of(
            "refused",
            5,
            "unknown",
            4,
            "noroute",
            4,
            "nonet",
            3,
            "slow",
            6,
            "forbidden",
            2,
            "odd",
            1);
    for (var entry : codes.entrySet()) {
      try (Socket client = socks(domain(entry.getKey(), 80))) {
        assertReply(client, entry.getValue());
        assertEquals(-1, client.getInputStream().read(), entry.getKey());
      }
    }
  }

  @Test
  void bindIsAnsweredAsUnsupported() throws Exception {
    try (Socket client = socks("05020001" + "00000000" + "0000")) {
      assertReply(client, 7);
    }
  }

  @Test
  void theServiceAddressesOfTheTailnetAreNotDialled() throws Exception {
    try (Socket client = socks("05010001" + "64646464" + "0050")) {
      assertReply(client, 2);
    }
    try (Socket client = socks("05010004" + "fd7a115ca1e000000000000000000053" + "0035")) {
      assertReply(client, 2);
    }
    assertTrue(dialled.isEmpty());
  }

  @Test
  void aClientThatOffersNoAcceptableMethodIsToldSo() throws Exception {
    try (Socket client = connect()) {
      client.getOutputStream().write(HexFormat.of().parseHex("050102"));
      assertArrayEquals(HexFormat.of().parseHex("05ff"), client.getInputStream().readNBytes(2));
      assertEquals(-1, client.getInputStream().read());
    }
  }

  @Test
  void garbageIsClosed() throws Exception {
    try (Socket client = socks("05010009")) {
      assertEquals(-1, client.getInputStream().read());
    }
  }

  @Test
  void dataSentBeforeTheReplyArrives() throws Exception {
    try (Socket client = connect()) {
      String request =
          "050100" + domain("web", 80) + HexFormat.of().formatHex("early".getBytes(US_ASCII));
      client.getOutputStream().write(HexFormat.of().parseHex(request));
      assertArrayEquals(HexFormat.of().parseHex("0500"), client.getInputStream().readNBytes(2));
      assertReply(client, 0);
      try (Socket end = server.accept()) {
        assertEquals("early", read(end, 5));
        client.getOutputStream().write("late".getBytes(US_ASCII));
        assertEquals("late", read(end, 4));
      }
    }
  }

  @Test
  void aHalfClosedClientStillReceives() throws Exception {
    try (Socket client = socks(domain("web", 80));
        Socket end = server.accept()) {
      assertReply(client, 0);
      client.getOutputStream().write("request".getBytes(US_ASCII));
      client.shutdownOutput();
      assertEquals("request", new String(end.getInputStream().readAllBytes(), US_ASCII));
      end.getOutputStream().write("answer".getBytes(US_ASCII));
      end.close();
      assertEquals("answer", new String(client.getInputStream().readAllBytes(), US_ASCII));
    }
  }

  @Test
  void aLargeTransferIsWholeInBothDirections() throws Exception {
    byte[] data = new byte[3_000_000];
    new Random(11).nextBytes(data);
    try (Socket client = socks(domain("web", 80));
        Socket end = server.accept()) {
      assertReply(client, 0);
      Thread echo = Thread.ofVirtual().start(() -> echo(end));
      Thread sender = Thread.ofVirtual().start(() -> sendAll(client, data));
      assertArrayEquals(data, client.getInputStream().readAllBytes());
      sender.join();
      echo.join();
    }
  }

  @Test
  void aReceiverThatDoesNotReadStopsItsSender() throws Exception {
    try (Socket client = socks(domain("web", 80));
        Socket end = server.accept()) {
      assertReply(client, 0);
      AtomicLong sent = new AtomicLong();
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  OutputStream out = client.getOutputStream();
                  byte[] block = new byte[64 * 1024];
                  for (int i = 0; i < 2000; i++) {
                    out.write(block);
                    sent.addAndGet(block.length);
                  }
                } catch (IOException _) {
                  // the test closes the socket
                }
              });
      long last = -1;
      while (sent.get() != last) { // until the sender stands still
        last = sent.get();
        sender.join(java.time.Duration.ofMillis(200));
      }
      assertTrue(
          last < 64 * 1024 * 1024, "the sender got rid of " + last + " bytes that nobody reads");
      client.close();
      assertTrue(end.getInputStream().readAllBytes().length > 0);
      sender.join();
    }
  }

  @Test
  void httpConnectOpensATunnelOnTheSamePort() throws Exception {
    try (Socket client = connect()) {
      client
          .getOutputStream()
          .write("CONNECT web:8443 HTTP/1.1\r\nHost: web:8443\r\n\r\n".getBytes(US_ASCII));
      try (Socket end = server.accept()) {
        assertEquals("web:8443", dialled.take());
        assertEquals("HTTP/1.1 200 Connection Established\r\n\r\n", read(client, 39));
        client.getOutputStream().write("ping".getBytes(US_ASCII));
        assertEquals("ping", read(end, 4));
      }
    }
  }

  @Test
  void anAbsoluteUriIsFetchedAsThatServersOwnPath() throws Exception {
    try (Socket client = connect()) {
      client
          .getOutputStream()
          .write(
              "POST http://web:8080/a?b=c HTTP/1.1\r\nHost: wrong\r\nProxy-Connection: keep-alive\r\nContent-Length: 4\r\n\r\nbody"
                  .getBytes(US_ASCII));
      try (Socket end = server.accept()) {
        assertEquals("web:8080", dialled.take());
        byte[] buffer = new byte[4096];
        StringBuilder got = new StringBuilder();
        while (!got.toString().endsWith("body")) {
          int n = end.getInputStream().read(buffer);
          got.append(new String(buffer, 0, n, US_ASCII));
        }
        String request = got.toString();
        assertTrue(request.startsWith("POST /a?b=c HTTP/1.1\r\n"), request);
        assertTrue(
            request.toLowerCase(java.util.Locale.ROOT).contains("host: web:8080\r\n"), request);
        assertTrue(
            !request.contains("Proxy-Connection")
                && request.toLowerCase(java.util.Locale.ROOT).contains("connection: close"),
            request);
        end.getOutputStream()
            .write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nyes".getBytes(US_ASCII));
        end.close();
        assertEquals(
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nyes",
            new String(client.getInputStream().readAllBytes(), US_ASCII));
      }
    }
  }

  @Test
  void anHttpClientIsToldWhyADialFailed() throws Exception {
    try (Socket client = connect()) {
      client.getOutputStream().write("GET http://slow/ HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
      String answer = new String(client.getInputStream().readAllBytes(), US_ASCII);
      assertTrue(
          answer.startsWith("HTTP/1.1 504 ")
              && answer.contains("Tailscale-Connect-Error: connection timed out\r\n"),
          answer);
    }
  }

  @Test
  void anOrdinaryHttpRequestIsRefusedWithAHint() throws Exception {
    try (Socket client = connect()) {
      client.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
      String answer = new String(client.getInputStream().readAllBytes(), US_ASCII);
      assertTrue(answer.startsWith("HTTP/1.1 400 ") && answer.contains("this is a proxy"), answer);
    }
  }

  @Test
  void javasHttpClientFetchesThroughTheProxy() throws Exception {
    HttpServer web =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
    byte[] page = new byte[200_000];
    new Random(3).nextBytes(page);
    web.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().add("X-Seen", exchange.getRequestURI() + " " + body.length);
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    web.start();
    target = web.getAddress();
    try (HttpClient client =
        HttpClient.newBuilder().proxy(ProxySelector.of(proxy.address())).build()) {
      for (int i = 0; i < 5; i++) {
        HttpRequest request =
            HttpRequest.newBuilder(URI.create("http://web-server:8080/a/b?c=" + i))
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[100_000]))
                .build();
        var answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        assertArrayEquals(page, answer.body());
        assertEquals("/a/b?c=" + i + " 100000", answer.headers().firstValue("X-Seen").orElse(""));
      }
      assertEquals("web-server:8080", dialled.take());
    } finally {
      web.stop(0);
    }
  }

  @Test
  void whatTheClientNamesForItsConnectionIsNotPassedOn() throws Exception {
    try (Socket client = connect()) {
      client
          .getOutputStream()
          .write(
              "GET http://u:p@web HTTP/1.1\r\nConnection: X-Hop, content-length\r\nX-Hop: 1\r\nX-Kept: 2\r\nContent-Length: 2\r\n\r\nhi"
                  .getBytes(US_ASCII));
      try (Socket end = server.accept()) {
        StringBuilder got = new StringBuilder();
        while (!got.toString().endsWith("hi")) {
          got.append((char) end.getInputStream().read());
        }
        String request = got.toString().toLowerCase(java.util.Locale.ROOT);
        assertTrue(request.startsWith("get / http/1.1\r\n"), request);
        assertTrue(request.contains("host: web\r\n") && !request.contains("u:p"), request);
        assertTrue(request.contains("x-kept") && !request.contains("x-hop"), request);
        assertTrue(request.contains("content-length: 2\r\n"), request);
      }
    }
  }

  private final class FakeDialer implements Dialer {
    @Override
    public Future<Channel> dial(String host, int port, ChannelHandler handler) {
      return ProxyServerTest.this.dial(host, port, handler);
    }

    @Override
    public Future<Channel> dialDatagrams(String host, int port, ChannelHandler handler) {
      throw new AssertionError("no datagrams here");
    }
  }

  private Future<Channel> dial(String host, int port, ChannelHandler handler) {
    dialled.add(host + ":" + port);
    Promise<Channel> promise = loop.eventLoop().newPromise();
    if (FAILURES.containsKey(host)) {
      return promise.setFailure(FAILURES.get(host));
    }
    ChannelFuture connected =
        new Bootstrap()
            .group(loop.eventLoop())
            .channel(loop.transport().socketChannel())
            .handler(handler)
            .connect(target);
    connected.addListener(f -> {
      if (f.isSuccess()) {
        promise.setSuccess(connected.channel());
      } else {
        promise.setFailure(f.cause());
      }
    });
    return promise;
  }

  private Socket connect() throws IOException {
    return new Socket(proxy.address().getAddress(), proxy.address().getPort());
  }

  /// A client that has offered "no authentication" and sent this request.
  private Socket socks(String requestHex) throws IOException {
    Socket client = connect();
    client.getOutputStream().write(HexFormat.of().parseHex("050100"));
    assertArrayEquals(HexFormat.of().parseHex("0500"), client.getInputStream().readNBytes(2));
    client.getOutputStream().write(HexFormat.of().parseHex(requestHex));
    return client;
  }

  private static String domain(String name, int port) {
    return "05010003"
        + "%02x".formatted(name.length())
        + HexFormat.of().formatHex(name.getBytes(US_ASCII))
        + "%04x".formatted(port);
  }

  private static void assertReply(Socket client, int code) throws IOException {
    byte[] reply = client.getInputStream().readNBytes(10);
    assertEquals("05%02x0001000000000000".formatted(code), HexFormat.of().formatHex(reply));
  }

  private static String read(Socket from, int length) throws IOException {
    byte[] bytes = new byte[length];
    new DataInputStream(from.getInputStream()).readFully(bytes);
    return new String(bytes, US_ASCII);
  }

  private static void echo(Socket socket) {
    try {
      socket.getInputStream().transferTo(socket.getOutputStream());
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void sendAll(Socket socket, byte[] data) {
    try {
      socket.getOutputStream().write(data);
      socket.shutdownOutput();
    } catch (EOFException e) {
      throw new AssertionError(e);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

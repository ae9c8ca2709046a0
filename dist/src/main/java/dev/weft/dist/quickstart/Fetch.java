package dev.weft.dist.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// Fetches a page as a program behind the teammate's SOCKS5 proxy would: the proxy resolves the
/// name.
final class Fetch {
  private static final int TIMEOUT_MILLIS = 10_000;

  private Fetch() {}

  /// The HTTP status of `GET http://host/`.
  static int status(int proxyPort, String host) throws IOException {
    Proxy proxy =
        new Proxy(
            Proxy.Type.SOCKS, new InetSocketAddress(InetAddress.getLoopbackAddress(), proxyPort));
    try (Socket socket = new Socket(proxy)) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(InetSocketAddress.createUnresolved(host, 80), TIMEOUT_MILLIS);
      String request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      int status = parseStatus(reader.readLine());
      while (reader.readLine() != null) {
        // The whole body has to come through the tunnel, not just its first packet.
      }
      return status;
    }
  }

  private static int parseStatus(String line) throws IOException {
    if (line == null || !line.matches("HTTP/1\\.1 [1-5]\\d\\d.*")) {
      throw new IOException("no HTTP answer: " + line);
    }
    return Integer.parseInt(line.substring(9, 12));
  }
}

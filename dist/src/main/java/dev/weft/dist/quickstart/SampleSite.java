package dev.weft.dist.quickstart;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/// A page to serve when nothing listens on the user's port; it greets the visitor by tailnet
/// identity.
final class SampleSite implements AutoCloseable {
  private final HttpServer server;

  private SampleSite(HttpServer server) {
    this.server = server;
  }

  /// Listens on a free loopback port: the user's own port stays free for the user's own program.
  static SampleSite start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", SampleSite::answer);
    server.start();
    return new SampleSite(server);
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String visitor = exchange.getRequestHeaders().getFirst("Tailscale-User-Login");
    byte[] page = page(visitor == null ? "stranger" : visitor).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    boolean head = "HEAD".equals(exchange.getRequestMethod());
    exchange.sendResponseHeaders(200, head ? -1 : page.length);
    if (!head) {
      exchange.getResponseBody().write(page);
    }
    exchange.close();
  }

  private static String page(String visitor) {
    return """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Weft works</title>
    <style>
      body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1rem; color-scheme: light dark }
      code { background: #8883; padding: .1em .3em; border-radius: .25em }
    </style>
    <h1>Hello, %s.</h1>
    <p>This page reached you through WireGuard, from a port that only your tailnet can see. The name above is who you are
    on it: the proxy put it into a request header, and strangers cannot forge it.</p>
    <p>Serve something of your own: start it on a port, then <code>weft serve --bg PORT</code>.</p>
    </html>
    """
        .formatted(escape(visitor));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}

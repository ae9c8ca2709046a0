package dev.weft.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.weft.base.Ip;
import dev.weft.control.ControlServer;
import dev.weft.control.ControlSettings;
import dev.weft.control.tailnet.Tailnet;
import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Notify;
import dev.weft.ipn.Options;
import dev.weft.ipn.PeerStatus;
import dev.weft.ipn.PingResult;
import dev.weft.ipn.PingType;
import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.State;
import dev.weft.ipn.WatchOption;
import dev.weft.node.spi.NodeService;
import dev.weft.relay.RelayServer;
import dev.weft.relay.RelaySettings;
import dev.weft.runtime.localapi.LocalBackend;
import dev.weft.tailcfg.DerpMap;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A whole tailnet in one process: control plane, relay and two nodes, over loopback.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NodePairTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir Path folder;
  private final List<AutoCloseable> running = new ArrayList<>();
  private RelayServer relay;
  private ControlServer control;

  @BeforeEach
  void startServers() throws Exception {
    relay =
        keep(
            RelayServer.start(
                RelaySettings.of(ANY_PORT, ANY_PORT, "127.0.0.1", folder.resolve("relay"))));
    control = startControl(0);
    control.ensureUser("alice");
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable part : running.reversed()) {
      part.close();
    }
  }

  @Test
  void aTeammateFetchesWhatANodeServesByItsName() throws Exception {
    Node server = node("web");
    Node client = node("laptop");
    up(server, "web");
    up(client, "laptop");
    assertTrue(server.backend().replaceServeConfig("null", serving(site("hello from the tunnel"))));
    assertEquals("hello from the tunnel", fetch(client, "web.home.weft", 80));
    assertEquals("hello from the tunnel", fetch(client, "web", 80));
    PeerStatus peer = client.backend().status(true).peers().getFirst();
    assertTrue(peer.rxBytes() > 0 && peer.txBytes() > 0 && peer.lastHandshake() != null);
  }

  @Test
  void trafficBecomesDirect() throws Exception {
    Node server = node("web");
    Node client = node("laptop");
    up(server, "web");
    up(client, "laptop");
    assertTrue(server.backend().replaceServeConfig("null", serving(site("hello"))));
    assertEquals("hello", fetch(client, "web", 80));
    Ip address = client.backend().status(true).peers().getFirst().tailscaleIps().getFirst();
    PingResult pong = client.backend().ping(address, PingType.DISCO, 0);
    for (int i = 0; i < 100 && pong.endpoint().isEmpty(); i++) {
      pong = client.backend().ping(address, PingType.DISCO, 0);
    }
    assertFalse(pong.endpoint().isEmpty(), "still relayed: " + pong);
    assertEquals("hello", fetch(client, "web", 80));
  }

  @Test
  void aPortNobodyServesLeadsToTheMachineAndAClosedOneIsRefused() throws Exception {
    Node server = node("web");
    Node client = node("laptop");
    up(server, "web");
    up(client, "laptop");
    int port = site("from the machine itself");
    assertEquals("from the machine itself", fetch(client, "web", port));
    int closed;
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    try (Socket socket = socks(client, "web", closed)) {
      assertEquals(5, reply(socket), "SOCKS5: connection refused");
    }
  }

  @Test
  void aConnectionThatThePeerDoesNotAllowFailsAtOnce() throws Exception {
    Node server = node("web");
    Node client = node("laptop");
    up(server, "web");
    up(client, "laptop");
    int port = site("not for others");
    assertEquals("not for others", fetch(client, "web", port));
    server.backend().editPrefs(MaskedPrefs.NONE.with(Pref.SHIELDS_UP, true));
    int code = 0;
    while (code == 0) { // until the packet filter is in place
      try (Socket socket = socks(client, "web", port)) {
        code = reply(socket);
      }
    }
    assertEquals(2, code, "SOCKS5: not allowed");
  }

  @Test
  void datagramsReachAPeerAndComeBackThroughTheProxy() throws Exception {
    Node server = node("web");
    Node client = node("laptop");
    up(server, "web");
    up(client, "laptop");
    try (DatagramSocket echo = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        DatagramSocket own = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Socket control = socks(client, 3, "any", 0)) {
      byte[] answer = control.getInputStream().readNBytes(12);
      assertEquals(0, answer[3], "SOCKS5 reply");
      int relayPort = (answer[10] & 0xff) << 8 | answer[11] & 0xff;
      ByteBuffer request = ByteBuffer.allocate(2000);
      request.putInt(3).put((byte) 3).put("web".getBytes(UTF_8));
      request.putShort((short) echo.getLocalPort()).put(new byte[1500]);
      DatagramPacket packet = new DatagramPacket(request.array(), request.position());
      packet.setSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), relayPort));
      own.send(packet);
      echo.setSoTimeout(30_000);
      DatagramPacket seen = new DatagramPacket(new byte[2000], 2000);
      echo.receive(seen);
      assertEquals(1500, seen.getLength());
      echo.send(seen);
      own.setSoTimeout(30_000);
      DatagramPacket back = new DatagramPacket(new byte[2000], 2000);
      own.receive(back);
      assertEquals(request.position(), back.getLength());
    }
  }

  @Test
  void aNodeThatRestartsComesBackWithTheSameAddress() throws Exception {
    Node node = node("web");
    up(node, "web");
    List<Ip> before = node.backend().status(false).tailscaleIps();
    node.close();
    running.remove((AutoCloseable) node);
    Node again = node("web");
    awaitRunning(again);
    assertEquals(before, again.backend().status(false).tailscaleIps());
  }

  @Test
  void nodesKeepTalkingWhileControlIsAway() throws Exception {
    Node server = node("web");
    Node client = node("laptop");
    up(server, "web");
    up(client, "laptop");
    assertTrue(server.backend().replaceServeConfig("null", serving(site("still here"))));
    control.close();
    running.remove((AutoCloseable) control);
    assertEquals("still here", fetch(client, "web", 80));
    client.close();
    running.remove((AutoCloseable) client);
    Node restarted = node("laptop"); // from its kept map
    awaitRunning(restarted);
    assertEquals("still here", fetch(restarted, "web", 80));
    assertTrue(
        restarted.backend().status(false).health().stream()
            .anyMatch(line -> line.startsWith("No contact with the control server since ")),
        () -> restarted.backend().status(false).health().toString());
  }

  private ControlServer startControl(int port) throws IOException {
    TreeMap<Integer, dev.weft.tailcfg.DerpRegion> regions = new TreeMap<>();
    regions.put(900, relay.derpRegion(900, "test", "Test"));
    int chosen = port == 0 ? freePort() : port;
    return keep(
        ControlServer.start(
            ControlSettings.builder()
                .stateDir(folder.resolve("control"))
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), chosen))
                .url(URI.create("http://127.0.0.1:" + chosen))
                .domain("home.weft")
                .derpMap(DerpMap.builder().regions(regions).omitDefaultRegions(true).build())
                .build()));
  }

  private static int freePort() throws IOException {
    try (java.net.ServerSocket socket =
        new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Node node(String name) throws Exception {
    List<NodeService> services =
        ServiceLoader.load(NodeService.class).stream().map(ServiceLoader.Provider::get).toList();
    return keep(
        Node.start(
            NodeSettings.in(folder.resolve(name)).withSocks5(ANY_PORT).withServices(services),
            () -> {}));
  }

  private void up(Node node, String hostname) throws Exception {
    String key =
        control.createAuthKey(new Tailnet.AuthKeySpec("alice", false, false, List.of(), null));
    Prefs prefs =
        Prefs.defaults()
            .with(Pref.CONTROL_URL, "http://127.0.0.1:" + control.address().getPort())
            .with(Pref.WANT_RUNNING, true)
            .with(Pref.HOSTNAME, hostname);
    node.backend().start(new Options(prefs, key));
    awaitRunning(node);
  }

  private static void awaitRunning(Node node) throws Exception {
    CountDownLatch isRunning = new CountDownLatch(1);
    LocalBackend.Watcher watcher =
        new LocalBackend.Watcher() {
          @Override
          public void on(Notify event) {
            if (event.state() == State.RUNNING) {
              isRunning.countDown();
            }
          }

          @Override
          public void ended() {}
        };
    try (LocalBackend.Watch watch =
        node.backend().watch(Set.of(WatchOption.INITIAL_STATE), watcher)) {
      assertTrue(
          isRunning.await(30, TimeUnit.SECONDS),
          () -> watch.sessionId() + ": " + node.backend().status(false));
    }
  }

  private int site(String text) throws IOException {
    HttpServer site = HttpServer.create(ANY_PORT, 5);
    site.createContext(
        "/",
        exchange -> {
          byte[] body = text.getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    site.start();
    running.add(() -> site.stop(0));
    return site.getAddress().getPort();
  }

  private static String serving(int port) {
    return "{\"TCP\":{\"80\":{\"HTTP\":true}},\"Web\":{\"web.home.weft:80\":{\"Handlers\":{\"/\":{\"Proxy\":\"http://127.0.0.1:"
        + port
        + "\"}}}}}";
  }

  private static String fetch(Node through, String host, int port) throws IOException {
    try (Socket socket = socks(through, host, port)) {
      assertEquals(0, reply(socket), "SOCKS5 reply");
      socket
          .getOutputStream()
          .write(
              ("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
  }

  private static Socket socks(Node through, String host, int port) throws IOException {
    return socks(through, 1, host, port);
  }

  private static Socket socks(Node through, int command, String host, int port) throws IOException {
    InetSocketAddress proxy = through.proxyAt(ANY_PORT).orElseThrow();
    Socket socket = new Socket(proxy.getAddress(), proxy.getPort());
    socket.setSoTimeout(30_000);
    byte[] name = host.getBytes(UTF_8);
    byte[] request = new byte[3 + 5 + name.length + 2];
    System.arraycopy(
        new byte[] {5, 1, 0, 5, (byte) command, 0, 3, (byte) name.length}, 0, request, 0, 8);
    System.arraycopy(name, 0, request, 8, name.length);
    request[request.length - 2] = (byte) (port >> 8);
    request[request.length - 1] = (byte) port;
    socket.getOutputStream().write(request);
    return socket;
  }

  private static int reply(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] answer = in.readNBytes(12);
    assertEquals(12, answer.length, "SOCKS5 answer");
    return answer[3];
  }

  private <T extends AutoCloseable> T keep(T part) {
    running.add(part);
    return part;
  }
}

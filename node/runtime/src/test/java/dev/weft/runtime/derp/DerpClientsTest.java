package dev.weft.runtime.derp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Entropy;
import dev.weft.derp.Frame.PeerGone;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.relay.RelayServer;
import dev.weft.relay.RelaySettings;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DerpNode;
import dev.weft.tailcfg.DerpRegion;
import dev.weft.testkit.ConnectProxy;
import dev.weft.transport.proxy.ProxySettings;
import dev.weft.transport.proxy.Uplink;
import dev.weft.transport.tls.SystemTrust;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Against our own relay, over loopback and TLS.
@Timeout(60)
class DerpClientsTest {
  private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
  private static final int REGION = 900;

  @TempDir Path stateDir;

  private final NodeLoop loop = new NodeLoop();
  private RelayServer relay;
  private Node alice;
  private Node bob;

  /// Behind a proxy, where there is one.
  private Node carol;

  @BeforeEach
  void start() throws Exception {
    relay = startRelay(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    alice = new Node();
    bob = new Node();
    carol = new Node();
  }

  @AfterEach
  void stop() throws Exception {
    alice.close();
    bob.close();
    carol.close();
    loop.close();
    relay.close();
  }

  @Test
  void aPacketReachesAPeerAtHome() throws Exception {
    alice.useMap(map());
    bob.useMap(map());
    bob.home(REGION);
    bob.expect("connected 900");

    alice.send(bob.key(), "hello");

    alice.expect("connected 900");
    bob.expect("packet 900 " + alice.key().shortString() + " hello");
  }

  @Test
  void aPeerThatLeavesIsReported() throws Exception {
    alice.useMap(map());
    alice.home(REGION);
    alice.expect("connected 900");
    bob.useMap(map());
    bob.send(alice.key(), "hello");
    alice.expect("packet 900 " + bob.key().shortString() + " hello");

    bob.close();

    alice.expect("gone 900 " + bob.key().shortString() + " DISCONNECTED");
  }

  @Test
  void aHomeThatComesBackIsFoundAgain() throws Exception {
    alice.useMap(map());
    alice.home(REGION);
    alice.expect("connected 900");
    InetSocketAddress address = relay.address();

    relay.close();
    alice.expect("disconnected 900 the relay hung up");
    relay = startRelay(address);

    alice.expectEventually("connected 900");
  }

  @Test
  void aRelayWithAnotherCertificateIsNotSpokenTo() throws Exception {
    alice.useMap(map(node -> node.certName("sha256-raw:" + "00".repeat(32))));

    alice.home(REGION);

    String failure = alice.next();
    assertTrue(failure.startsWith("failed 900 900a (127.0.0.1): TLS: "), failure);
    assertTrue(failure.contains("not the pinned one"), failure);
    assertEquals(0, relay.clients());
  }

  @Test
  void aRelayForTestsIsSpokenToWhateverItPresents() throws Exception {
    alice.useMap(map(node -> node.certName("").insecureForTests(true)));

    alice.home(REGION);

    alice.expect("connected 900");
  }

  @Test
  void aNodeThatDoesNotAnswerIsPassedOver() throws Exception {
    DerpNode dead =
        DerpNode.builder().name("900x").hostName("127.0.0.1").ipv6("none").derpPort(1).build();
    DerpNode stunOnly = dead.toBuilder().name("900s").stunOnly(true).build();
    DerpNode alive = relay.derpRegion(REGION, "t", "t").nodes().getFirst();
    alice.useMap(map(List.of(stunOnly, dead, alive)));

    alice.home(REGION);

    alice.expect("connected 900");
  }

  @Test
  void aRegionWithoutRelaysFailsAndSaysSo() throws Exception {
    alice.useMap(map(List.of()));

    alice.home(REGION);

    alice.expect("failed 900 the region has no relay");
  }

  @Test
  void aChangedMapClosesWhatItChanged() throws Exception {
    alice.useMap(map());
    alice.home(REGION);
    alice.expect("connected 900");

    alice.useMap(map());
    alice.useMap(map(node -> node.name("900b")));

    alice.expect("disconnected 900 the DERP map changed");
    alice.expect("connected 900");
  }

  @Test
  void anotherNetworkMeansAnotherConnection() throws Exception {
    alice.useMap(map());
    alice.home(REGION);
    alice.expect("connected 900");

    alice.rebind();

    alice.expect("disconnected 900 the network changed");
    alice.expect("connected 900");
  }

  @Test
  void aRelayIsReachedThroughAProxyByItsName() throws Exception {
    try (ConnectProxy proxy = ConnectProxy.onLoopback()) {
      carol = new Node(ProxySettings.always(proxy.url()));
      carol.useMap(map(node -> node.hostName("localhost").certName(pin())));

      carol.home(REGION);

      String port = ":" + relay.address().getPort();
      // The certificate is for the address, and its name is checked as without a proxy.
      assertTrue(carol.next().contains("not for localhost"));
      assertEquals("CONNECT localhost" + port + " HTTP/1.1", proxy.requests().getFirst());
      carol.useMap(map());
      carol.expectEventually("connected 900");
      assertEquals("CONNECT 127.0.0.1" + port + " HTTP/1.1", proxy.requests().getLast());
      bob.useMap(map());
      bob.send(carol.key(), "hello");
      carol.expect("packet 900 " + bob.key().shortString() + " hello");
    }
  }

  private String pin() {
    return relay.derpRegion(REGION, "t", "t").nodes().getFirst().certName();
  }

  @Test
  void aProxyThatRefusesIsToldAsTheReason() throws Exception {
    try (ConnectProxy proxy = ConnectProxy.onLoopback()) {
      carol = new Node(ProxySettings.always(proxy.url()));
      proxy.answer("HTTP/1.1 403 Not from here\r\n\r\n");
      carol.useMap(map());

      carol.home(REGION);

      String failure = carol.next();
      assertTrue(failure.contains("the proxy " + proxy.url() + " refuses"), failure);
      assertTrue(failure.endsWith("403 Not from here"), failure);
      proxy.answer("");
      carol.expectEventually("connected 900");
    }
  }

  @Test
  void aProxyThatIsNotThereIsToldAsTheReason() throws Exception {
    ConnectProxy proxy = ConnectProxy.onLoopback();
    proxy.close();
    carol = new Node(ProxySettings.always(proxy.url()));
    carol.useMap(map());

    carol.home(REGION);

    String failure = carol.next();
    assertTrue(failure.contains("the proxy " + proxy.url() + ": "), failure);
    assertTrue(failure.contains("Connection refused"), failure);
  }

  @Test
  void aSettingThatNamesNoUsableProxyIsNotGonePast() throws Exception {
    ProxySettings settings = ProxySettings.of(Map.of("HTTPS_PROXY", "socks5://127.0.0.1:1"));
    carol = new Node(settings);
    carol.useMap(map(node -> node.hostName("relay.example").ipv4("127.0.0.1")));

    carol.home(REGION);

    String failure = carol.next();
    assertTrue(failure.contains("HTTPS_PROXY names a socks5 proxy"), failure);
    assertEquals(0, relay.clients());
  }

  @Test
  void largeBatchesArriveWholeAndInOrder() throws Exception {
    alice.useMap(map());
    bob.useMap(map());
    bob.home(REGION);
    bob.expect("connected 900");
    for (int i = 0; i < 200; i++) {
      String text = i + " " + "x".repeat(1300);
      alice.send(bob.key(), text);
      bob.expectEventually("packet 900 " + alice.key().shortString() + " " + text);
    }
  }

  private RelayServer startRelay(InetSocketAddress listen) throws Exception {
    InetSocketAddress stun = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return RelayServer.start(RelaySettings.of(listen, stun, "127.0.0.1", stateDir).withThreads(1));
  }

  private DerpMap map() {
    return map(UnaryOperator.identity());
  }

  private DerpMap map(UnaryOperator<DerpNode.Builder> change) {
    DerpNode node = relay.derpRegion(REGION, "t", "t").nodes().getFirst();
    return map(List.of(change.apply(node.toBuilder()).build()));
  }

  private static DerpMap map(List<DerpNode> nodes) {
    TreeMap<Integer, DerpRegion> regions = new TreeMap<>();
    regions.put(REGION, DerpRegion.builder().regionId(REGION).nodes(nodes).build());
    return DerpMap.builder().regions(regions).build();
  }

  /// A node's DERP side, driven from the test's thread.
  private final class Node implements DerpListener {
    private final NodePrivateKey key = NodePrivateKey.generate(ENTROPY);
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final DerpClients clients;

    Node() {
      this(ProxySettings.NONE);
    }

    Node(ProxySettings proxies) {
      Uplink uplink = new Uplink(SystemTrust.of(List.of()), proxies);
      clients = new DerpClients(loop, key, ENTROPY, uplink, this);
    }

    NodeKey key() {
      return key.publicKey();
    }

    void useMap(DerpMap map) throws InterruptedException {
      run(() -> clients.useMap(map));
    }

    void home(int region) throws InterruptedException {
      run(() -> clients.home(region));
    }

    void rebind() throws InterruptedException {
      run(clients::rebind);
    }

    void send(NodeKey to, String text) throws InterruptedException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      run(() -> clients.send(REGION, to, bytes, 0, bytes.length));
    }

    void close() throws InterruptedException {
      run(clients::close);
    }

    private void run(Runnable onLoop) throws InterruptedException {
      loop.call(() -> {
        onLoop.run();
        return true;
      });
    }

    String next() throws InterruptedException {
      String event = events.poll(20, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("nothing happened");
      }
      return event;
    }

    void expect(String event) throws InterruptedException {
      assertEquals(event, next());
    }

    void expectEventually(String event) throws InterruptedException {
      String next = next();
      while (!next.equals(event)) {
        next = next();
      }
    }

    @Override
    public void onPacket(int region, NodeKey source, byte[] array, int offset, int length) {
      String text = new String(array, offset, length, StandardCharsets.UTF_8);
      events.add("packet " + region + " " + source.shortString() + " " + text);
    }

    @Override
    public void onConnected(int region) {
      events.add("connected " + region);
    }

    @Override
    public void onDisconnected(int region, String reason) {
      events.add("disconnected " + region + " " + reason);
    }

    @Override
    public void onConnectFailed(int region, String reason) {
      events.add("failed " + region + " " + reason);
    }

    @Override
    public void onHealth(int region, String problem) {
      events.add("health " + problem);
    }

    @Override
    public void onPeerGone(int region, NodeKey peer, PeerGone.Reason reason) {
      events.add("gone " + region + " " + peer.shortString() + " " + reason);
    }
  }
}

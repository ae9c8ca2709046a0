package dev.weft.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.weft.derp.Frame;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.transport.derp.DerpEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RelayAdmissionTest {
  @TempDir Path folder;

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final NodePrivateKey key = NodePrivateKey.generate(new SecureRandom()::nextBytes);
  private HttpServer control;
  private volatile int status = 200;
  private volatile String answer = "{\"Allow\":true}";

  @BeforeEach
  void startControl() throws IOException {
    control = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    control.createContext(
        "/verify",
        exchange -> {
          asked.add(
              exchange.getRequestMethod()
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    control.start();
  }

  @AfterEach
  void stopControl() {
    control.stop(0);
  }

  @Test
  void whomTheControlPlaneAllowsIsServed() throws Exception {
    try (RelayServer relay = start(RelayPolicy.OPEN.withVerifyUrl(url(), false));
        TestClient client = TestClient.connect(relay, key)) {
      client.write(new Frame.Ping(1));

      assertEquals(new Frame.Pong(1), client.next());
      assertEquals(
          List.of("POST {\"NodePublic\":\"" + key.publicKey() + "\",\"Source\":\"127.0.0.1\"}"),
          asked);
    }
  }

  @Test
  void whomItDoesNotAllowIsNot() throws Exception {
    answer = "{\"Allow\":false}";
    assertRefused(RelayPolicy.OPEN.withVerifyUrl(url(), true));
  }

  @Test
  void anAnswerThatIsNoneIsARefusalEvenWhenFailingOpen() throws Exception {
    RelayPolicy policy = RelayPolicy.OPEN.withVerifyUrl(url(), true);
    for (String nonsense :
        new String[] {"", "[]", "{\"Allow\":1}", "{\"Allow\":true", "x".repeat(1 << 20)}) {
      answer = nonsense;
      assertRefused(policy);
    }
    answer = "{\"Allow\":true}";
    status = 500;
    assertRefused(policy);
    status = 302;
    assertRefused(policy);
  }

  @Test
  void whileNobodyAnswersItDependsOnFailOpen() throws Exception {
    URI gone = url();
    control.stop(0);
    assertRefused(RelayPolicy.OPEN.withVerifyUrl(gone, false));
    try (RelayServer relay = start(RelayPolicy.OPEN.withVerifyUrl(gone, true))) {
      TestClient.connect(relay, key).close();
    }
  }

  @Test
  void meshPeersAreNotAskedAbout() throws Exception {
    answer = "{\"Allow\":false}";
    String secret = "ab".repeat(32);
    RelayPolicy policy =
        RelayPolicy.OPEN.withVerifyUrl(url(), false).withMeshKey(MeshKey.parse(secret));
    try (RelayServer relay = start(policy);
        TestClient peer = TestClient.mesh(relay, secret)) {
      peer.write(new Frame.Ping(1));

      assertEquals(new Frame.Pong(1), peer.next());
      assertTrue(asked.isEmpty());
    }
  }

  @Test
  void theNodeOnThisMachineVouchesForItsPeers() throws Exception {
    Path socket = folder.resolve("sock");
    try (ServerSocketChannel daemon = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      daemon.bind(UnixDomainSocketAddress.of(socket));
      Thread.ofVirtual().start(() -> answerWhois(daemon, key.publicKey()));
      try (RelayServer relay = start(RelayPolicy.OPEN.withVerifySocket(socket))) {
        TestClient.connect(relay, key).close();
        try (TestClient stranger =
            TestClient.connect(
                relay,
                NodePrivateKey.generate(new SecureRandom()::nextBytes),
                TestClient.identity(relay))) {
          assertInstanceOf(DerpEvent.Rejected.class, stranger.next());
        }
      }
    }
    assertRefused(RelayPolicy.OPEN.withVerifySocket(socket));
  }

  private void assertRefused(RelayPolicy policy) throws Exception {
    try (RelayServer relay = start(policy);
        TestClient client = TestClient.connect(relay, key, TestClient.identity(relay))) {
      assertInstanceOf(DerpEvent.Rejected.class, client.next());
      assertTrue(client.awaitClose());
      assertEquals(0, relay.clients());
    }
  }

  private static void answerWhois(ServerSocketChannel daemon, NodeKey known) {
    try {
      while (true) {
        try (SocketChannel client = daemon.accept()) {
          ByteBuffer request = ByteBuffer.allocate(1024);
          client.read(request);
          String line = new String(request.array(), StandardCharsets.US_ASCII).split("\r\n", 2)[0];
          boolean found = line.equals("GET /localapi/v0/whois?addr=" + known + " HTTP/1.1");
          String answer = found ? "HTTP/1.1 200 OK\r\n\r\n{}" : "HTTP/1.1 404 Not Found\r\n\r\n";
          client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
        }
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private RelayServer start(RelayPolicy policy) throws RelayException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return RelayServer.start(
        RelaySettings.of(any, any, "127.0.0.1", folder.resolve("state")).withPolicy(policy));
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + control.getAddress().getPort() + "/verify");
  }
}

package dev.weft.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.derp.Frame;
import dev.weft.derp.Frame.PeerGone;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two relays of one region, each connected to the other.
@Timeout(90)
class RegionTest {
  private static final String SECRET = "0123456789abcdef".repeat(4);
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir Path folder;

  private RelayServer first;
  private RelayServer second;

  /// The first has to be known to the second before it can know the second.
  @BeforeEach
  void start() throws Exception {
    first = relay("first", ANY, SECRET, List.of());
    InetSocketAddress address = first.address();
    second = relay("second", ANY, SECRET, List.of(with(first)));
    until("the second has joined", () -> second.meshPeers() == 1);
    first.close();
    first = relay("first", address, SECRET, List.of(with(second)));
    until("each tells the other", () -> first.meshPeers() == 1 && second.meshPeers() == 1);
  }

  @AfterEach
  void stop() {
    first.close();
    second.close();
  }

  @Test
  void clientsOfDifferentRelaysReachEachOther() throws Exception {
    try (TestClient alice = TestClient.connect(first);
        TestClient bob = TestClient.connect(second)) {
      known(1, 1);
      for (int length : new int[] {0, 1, 1300, 65_536}) {
        Bytes packet = Bytes.of("x".repeat(length).getBytes(StandardCharsets.US_ASCII));
        alice.write(new Frame.SendPacket(bob.key(), packet));
        assertEquals(new Frame.RecvPacket(alice.key(), packet), bob.next());
        bob.write(new Frame.SendPacket(alice.key(), packet));
        assertEquals(new Frame.RecvPacket(bob.key(), packet), alice.next());
      }
    }
  }

  @Test
  void whoHasReceivedFromAClientOfTheOtherRelayHearsWhenItLeaves() throws Exception {
    try (TestClient bob = TestClient.connect(second)) {
      NodePrivateKey key = NodePrivateKey.generate(new SecureRandom()::nextBytes);
      for (int i = 0; i < 2; i++) {
        TestClient alice = TestClient.connect(first, key);
        known(1, 1);
        alice.send(bob.key(), "hello");
        assertEquals(Frame.RecvPacket.class, bob.next().getClass());
        alice.hangUp();

        assertEquals(new PeerGone(alice.key(), PeerGone.Reason.DISCONNECTED), bob.next());
        known(1, 0);
      }
    }
  }

  @Test
  void aClientThatChangesRelaysIsNotTakenForGone() throws Exception {
    NodePrivateKey key = NodePrivateKey.generate(new SecureRandom()::nextBytes);
    try (TestClient bob = TestClient.connect(second);
        TestClient before = TestClient.connect(first, key)) {
      known(1, 1);
      before.send(bob.key(), "hello");
      bob.next();
      try (TestClient after = TestClient.connect(second, key)) {
        known(2, 1);
        before.hangUp();
        known(2, 0);

        after.send(bob.key(), "here now");
        assertEquals(
            new Frame.RecvPacket(
                after.key(), Bytes.of("here now".getBytes(StandardCharsets.US_ASCII))),
            bob.next());
      }
      assertEquals(new PeerGone(before.key(), PeerGone.Reason.DISCONNECTED), bob.next());
    }
  }

  @Test
  void whenARelayIsLostItsClientsAreMissedAndWhenItIsBackFound() throws Exception {
    InetSocketAddress address = first.address();
    NodePrivateKey key = NodePrivateKey.generate(new SecureRandom()::nextBytes);
    try (TestClient bob = TestClient.connect(second)) {
      TestClient alice = TestClient.connect(first, key);
      known(1, 1);
      alice.send(bob.key(), "hello");
      bob.next();

      first.close();

      assertEquals(new PeerGone(alice.key(), PeerGone.Reason.DISCONNECTED), bob.next());
      assertEquals(0, second.meshPeers());
      first = relay("first", address, SECRET, List.of(with(second)));
      try (TestClient again = TestClient.connect(first, key)) {
        known(1, 1);
        bob.send(again.key(), "back?");
        assertEquals(Frame.RecvPacket.class, again.next().getClass());
      }
    }
  }

  @Test
  void ofALostRelayEveryOneOfManyClientsIsMissed() throws Exception {
    int count = 100;
    Set<NodeKey> left = new HashSet<>();
    try (TestClient bob = TestClient.connect(second)) {
      for (int i = 0; i < count; i++) {
        TestClient sender = TestClient.connect(first);
        left.add(sender.key());
        known(1, i + 1);
        sender.send(bob.key(), "hello");
        bob.next();
      }

      first.close();

      for (int i = 0; i < count; i++) {
        PeerGone gone = assertInstanceOf(PeerGone.class, bob.next());
        assertTrue(left.remove(gone.peer()), gone::toString);
      }
    }
  }

  @Test
  void aThirdRelayWithAnotherKeyLearnsNothing() throws Exception {
    try (RelayServer third =
            relay("third", ANY, "f".repeat(64), List.of(with(first), with(second)));
        TestClient alice = TestClient.connect(third);
        TestClient bob = TestClient.connect(second)) {
      known(1, 0);
      until("it has tried", () -> first.clients() == 1 && second.clients() == 2);
      alice.send(bob.key(), "hello");
      alice.write(new Frame.Ping(1));

      assertEquals(new Frame.Pong(1), alice.next());
      assertEquals(1, third.traffic().drops().get(RelayDrop.UNKNOWN_DESTINATION));
      assertEquals(0, third.meshPeers());
    }
  }

  @Test
  void aRelayThatIsToldToConnectToItselfServesOn() throws Exception {
    InetSocketAddress address = second.address();
    MeshWith itself = with(second);
    second.close();
    second = relay("second", address, SECRET, List.of(itself));
    try (TestClient alice = TestClient.connect(second);
        TestClient bob = TestClient.connect(second)) {
      alice.send(bob.key(), "hello");

      assertEquals(Frame.RecvPacket.class, bob.next().getClass());
    }
  }

  private void known(int atSecond, int atFirst) {
    until(
        "each knows the other's clients",
        () -> first.meshClients() == atSecond && second.meshClients() == atFirst);
  }

  private RelayServer relay(
      String name, InetSocketAddress listen, String secret, List<MeshWith> others)
      throws Exception {
    return RelayServer.start(
        RelaySettings.of(listen, ANY, "127.0.0.1", Files.createDirectories(folder.resolve(name)))
            .withThreads(2)
            .withPolicy(RelayPolicy.OPEN.withMeshKey(MeshKey.parse(secret)).withMeshWith(others)));
  }

  private static MeshWith with(RelayServer relay) {
    var node = relay.derpRegion(900, "t", "t").nodes().getFirst();
    return new MeshWith(
        node.hostName(), relay.address().getPort(), node.hostName(), node.certName());
  }

  private static void until(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "not in time: " + what);
      LockSupport.parkNanos(5_000_000);
    }
  }
}

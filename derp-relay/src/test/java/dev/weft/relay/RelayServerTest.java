package dev.weft.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.derp.Frame;
import dev.weft.derp.Frame.PeerGone;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.stun.BindingRequest;
import dev.weft.stun.BindingResponse;
import dev.weft.stun.TransactionId;
import dev.weft.transport.derp.DerpEvent;
import dev.weft.transport.derp.MetaCertificate;
import dev.weft.transport.derp.RelayIdentity;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RelayServerTest {
  @TempDir Path stateDir;

  private RelayServer relay;

  @BeforeEach
  void start() throws Exception {
    relay = RelayServer.start(settings());
  }

  @AfterEach
  void stop() {
    relay.close();
  }

  @Test
  void aPacketReachesItsReceiverAndNamesItsSender() throws Exception {
    try (TestClient alice = TestClient.connect(relay);
        TestClient bob = TestClient.connect(relay)) {
      alice.send(bob.key(), "hello");

      assertEquals(new Frame.RecvPacket(alice.key(), text("hello")), bob.next());
    }
  }

  @Test
  void manyPacketsArriveWholeAndInOrder() throws Exception {
    try (TestClient alice = TestClient.connect(relay);
        TestClient bob = TestClient.connect(relay)) {
      for (int i = 0; i < 300; i++) {
        alice.send(bob.key(), "packet " + i + " " + "x".repeat(i * 7 % 1200));
        assertEquals(
            new Frame.RecvPacket(alice.key(), text("packet " + i + " " + "x".repeat(i * 7 % 1200))),
            bob.next());
      }
    }
  }

  @Test
  void aPacketMayGoToItsSender() throws Exception {
    try (TestClient alice = TestClient.connect(relay)) {
      alice.send(alice.key(), "note to self");

      assertEquals(new Frame.RecvPacket(alice.key(), text("note to self")), alice.next());
    }
  }

  @Test
  void pingsAreAnswered() throws Exception {
    try (TestClient alice = TestClient.connect(relay)) {
      alice.write(new Frame.Ping(0x0102030405060708L));

      assertEquals(new Frame.Pong(0x0102030405060708L), alice.next());
    }
  }

  @Test
  void discoToAnAbsentPeerIsAnsweredWithItsAbsenceThreeTimesAtMost() throws Exception {
    NodeKey absent = new NodeKey(Bytes.fromHex("11".repeat(32)));
    try (TestClient alice = TestClient.connect(relay)) {
      for (int i = 0; i < 10; i++) {
        alice.write(new Frame.SendPacket(absent, disco()));
      }
      alice.write(new Frame.Ping(1));

      PeerGone gone = new PeerGone(absent, PeerGone.Reason.NOT_HERE);
      assertEquals(gone, alice.next());
      assertEquals(gone, alice.next());
      assertEquals(gone, alice.next());
      assertEquals(new Frame.Pong(1), alice.next());
      assertEquals(10, relay.traffic().drops().get(RelayDrop.UNKNOWN_DESTINATION));
    }
  }

  @Test
  void otherPacketsToAnAbsentPeerVanish() throws Exception {
    NodeKey absent = new NodeKey(Bytes.fromHex("11".repeat(32)));
    try (TestClient alice = TestClient.connect(relay)) {
      alice.send(absent, "anybody?");
      alice.write(new Frame.Ping(1));

      assertEquals(new Frame.Pong(1), alice.next());
    }
  }

  @Test
  void whoReceivedFromAClientIsToldThatItLeft() throws Exception {
    try (TestClient bob = TestClient.connect(relay);
        TestClient carol = TestClient.connect(relay)) {
      TestClient alice = TestClient.connect(relay);
      alice.send(bob.key(), "hello");
      bob.next();

      alice.hangUp();

      assertEquals(new PeerGone(alice.key(), PeerGone.Reason.DISCONNECTED), bob.next());
      assertEquals(0, carol.waiting());
    }
  }

  @Test
  void ofTwoConnectionsWithOneKeyTheLastToWriteReceivesAndBothAreWarned() throws Exception {
    NodePrivateKey shared = NodePrivateKey.generate(new SecureRandom()::nextBytes);
    try (TestClient alice = TestClient.connect(relay);
        TestClient first = TestClient.connect(relay, shared);
        TestClient second = TestClient.connect(relay, shared)) {
      alice.send(shared.publicKey(), "one");
      assertEquals(new Frame.RecvPacket(alice.key(), text("one")), second.next());

      Object heard;
      do {
        first.write(new Frame.Ping(1));
        heard = first.next();
      } while (heard.equals(new Frame.Pong(1)));
      Frame.Health warning = assertInstanceOf(Frame.Health.class, heard);
      assertTrue(warning.problem().contains("Another machine"), warning.problem());
      assertEquals(warning, second.next());
      alice.send(shared.publicKey(), "two");
      assertEquals(new Frame.Pong(1), first.next());
      assertEquals(new Frame.RecvPacket(alice.key(), text("two")), first.next());

      try (TestClient later = TestClient.connect(relay, shared)) {
        assertEquals(warning, later.next());
        later.hangUp();
      }

      first.hangUp();
      assertEquals(new Frame.Health(""), second.next());
      alice.send(shared.publicKey(), "three");
      assertEquals(new Frame.RecvPacket(alice.key(), text("three")), second.next());
      assertEquals(2, relay.clients());
    }
  }

  @Test
  void aClientWithoutMeshRightsThatClaimsThemIsDisconnected() throws Exception {
    try (TestClient alice = TestClient.connect(relay)) {
      alice.write(new Frame.WatchConns());

      assertTrue(alice.awaitClose());
    }
  }

  @Test
  void theRelaysKeyTravelsInTheTlsHandshake() throws Exception {
    try (TestClient alice = TestClient.connect(relay)) {
      var session = alice.channel().pipeline().get(SslHandler.class).engine().getSession();

      assertEquals("TLSv1.3", session.getProtocol());
      assertEquals(2, session.getPeerCertificates().length);
      assertEquals(
          relay.key(), MetaCertificate.relayKey(session.getPeerCertificates()).orElseThrow());
    }
  }

  @Test
  void anotherCertificateThanThePinnedOneIsRefused() throws Exception {
    NodePrivateKey key = NodePrivateKey.generate(new SecureRandom()::nextBytes);
    RelayIdentity other = new RelayIdentity.Pinned("00".repeat(32), "127.0.0.1");
    try (TestClient alice = TestClient.connect(relay, key, other)) {
      DerpEvent.Rejected rejected = assertInstanceOf(DerpEvent.Rejected.class, alice.next());

      assertTrue(rejected.reason().contains("not the pinned one"), rejected.reason());
      assertTrue(alice.awaitClose());
    }
  }

  @Test
  void aCertificateThatNoAuthorityVouchesForIsRefusedByName() throws Exception {
    NodePrivateKey key = NodePrivateKey.generate(new SecureRandom()::nextBytes);
    try (TestClient alice = TestClient.connect(relay, key, new RelayIdentity.Named("127.0.0.1"))) {
      assertInstanceOf(DerpEvent.Rejected.class, alice.next());
    }
  }

  @Test
  void aReaderThatStopsCostsOnlyItself() throws Exception {
    try (TestClient alice = TestClient.connect(relay);
        TestClient stuck = TestClient.connect(relay);
        TestClient bob = TestClient.connect(relay)) {
      stuck.reading(false);
      String kilobyte = "x".repeat(1024);
      while (relay.traffic().drops().get(RelayDrop.QUEUE_FULL) == 0) {
        for (int i = 0; i < 200; i++) {
          alice.send(stuck.key(), kilobyte);
        }
        alice.write(new Frame.Ping(1));
        assertEquals(new Frame.Pong(1), alice.next());
      }

      alice.send(bob.key(), "still here?");
      assertEquals(new Frame.RecvPacket(alice.key(), text("still here?")), bob.next());
    }
  }

  @Test
  void aReaderThatTakesNothingIsDisconnected() throws Exception {
    try (TestClient alice = TestClient.connect(relay);
        TestClient stuck = TestClient.connect(relay)) {
      stuck.reading(false);
      String kilobyte = "x".repeat(1024);
      while (relay.clients() == 2) {
        for (int i = 0; i < 200; i++) {
          alice.send(stuck.key(), kilobyte);
        }
        alice.write(new Frame.Ping(1));
        while (!alice.next().equals(new Frame.Pong(1))) {}
      }
      assertEquals(1, relay.clients());
    }
  }

  @Test
  void stunTellsWhereItSeesTheSender() throws Exception {
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      BindingRequest request =
          new BindingRequest(TransactionId.random(new SecureRandom()::nextBytes));
      socket.setSoTimeout(10_000);
      byte[] junk = {1, 2, 3};
      socket.send(new DatagramPacket(junk, junk.length, relay.stunAddress().orElseThrow()));
      socket.send(
          new DatagramPacket(
              request.encode(), BindingRequest.LENGTH, relay.stunAddress().orElseThrow()));
      DatagramPacket answer = new DatagramPacket(new byte[100], 100);
      socket.receive(answer);

      assertEquals(
          new BindingResponse(request.id(), Endpoint.parse("127.0.0.1:" + socket.getLocalPort())),
          BindingResponse.parse(answer.getData(), 0, answer.getLength()));
      assertEquals(1, relay.stunAnswered());
      assertEquals(1, relay.stunDropped());
    }
  }

  @Test
  void countersTellWhatWasCarried() throws Exception {
    try (TestClient alice = TestClient.connect(relay);
        TestClient bob = TestClient.connect(relay)) {
      alice.send(bob.key(), "hello");
      bob.next();
      bob.send(alice.key(), "hi");
      alice.next();

      assertEquals(new Traffic(2, 7, 2, 7, Map.of()), relay.traffic());
      assertEquals(5, relay.traffic(alice.key()).orElseThrow().bytesIn());
      assertEquals(2, relay.traffic(alice.key()).orElseThrow().bytesOut());
    }
  }

  @Test
  void keyAndCertificateSurviveARestartAndAreNobodyElsesToRead() throws Exception {
    NodeKey key = relay.key();
    String map = relay.derpRegion(900, "a", "b").nodes().getFirst().certName();
    relay.close();

    relay = RelayServer.start(settings());

    assertEquals(key, relay.key());
    assertEquals(map, relay.derpRegion(900, "a", "b").nodes().getFirst().certName());
    try (var files = Files.list(stateDir)) {
      files.forEach(file -> assertEquals("rw-------", permissions(file), file.toString()));
    }
  }

  @Test
  void aTakenPortIsNamedWithItsHolder() {
    RelaySettings again =
        RelaySettings.of(
            relay.address(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            "127.0.0.1",
            stateDir);

    RelayException e = assertThrows(RelayException.class, () -> RelayServer.start(again));

    assertTrue(
        e.getMessage().startsWith("TCP port " + relay.address().getPort() + " is taken by "),
        e.getMessage());
    assertTrue(e.getMessage().contains("--listen"), e.getMessage());
    assertFalse(e.getMessage().contains("\n"));
  }

  private RelaySettings settings() {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return RelaySettings.of(any, any, "127.0.0.1", stateDir).withThreads(2);
  }

  private static String permissions(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Bytes text(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Bytes disco() {
    byte[] packet = new byte[100];
    byte[] magic = {0x54, 0x53, (byte) 0xf0, (byte) 0x9f, (byte) 0x92, (byte) 0xac};
    System.arraycopy(magic, 0, packet, 0, magic.length);
    return Bytes.of(packet);
  }
}

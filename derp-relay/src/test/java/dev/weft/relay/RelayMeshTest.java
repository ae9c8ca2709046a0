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
import dev.weft.derp.Frame.PeerPresent;
import dev.weft.keys.NodeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What other relays of the region may do, and nobody else.
@Timeout(60)
class RelayMeshTest {
  private static final String SECRET = "0123456789abcdef".repeat(4);
  private static final String WRONG = "0123456789abcdef".repeat(3) + "0123456789abcdee";

  @TempDir Path stateDir;

  private RelayServer relay;

  @BeforeEach
  void start() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    relay =
        RelayServer.start(
            RelaySettings.of(any, any, "127.0.0.1", stateDir)
                .withThreads(2)
                .withPolicy(RelayPolicy.OPEN.withMeshKey(MeshKey.parse(SECRET))));
  }

  @AfterEach
  void stop() {
    relay.close();
  }

  @Test
  void aMeshPeerThatWatchesHearsWhoIsHereWhoComesAndWhoGoes() throws Exception {
    try (TestClient early = TestClient.connect(relay);
        TestClient peer = TestClient.mesh(relay, SECRET)) {
      peer.write(new Frame.WatchConns());
      Map<NodeKey, PeerPresent> here = new HashMap<>();
      for (int i = 0; i < 2; i++) {
        PeerPresent present = assertInstanceOf(PeerPresent.class, peer.next());
        here.put(present.peer(), present);
      }
      assertEquals(
          new PeerPresent(early.key(), endpoint(early), PeerPresent.REGULAR),
          here.get(early.key()));
      assertEquals(PeerPresent.MESH_PEER, here.get(peer.key()).flags());

      TestClient late = TestClient.connect(relay);
      assertEquals(late.key(), assertInstanceOf(PeerPresent.class, peer.next()).peer());
      late.hangUp();
      assertEquals(new PeerGone(late.key(), PeerGone.Reason.DISCONNECTED), peer.next());
    }
  }

  @Test
  void aMeshPeerForwardsInTheNameOfItsClients() throws Exception {
    NodeKey far = new NodeKey(Bytes.fromHex("22".repeat(32)));
    try (TestClient bob = TestClient.connect(relay);
        TestClient peer = TestClient.mesh(relay, SECRET)) {
      for (int length : new int[] {0, 1, 1000, 65_536}) {
        Bytes packet = Bytes.of("x".repeat(length).getBytes(StandardCharsets.US_ASCII));
        peer.write(new Frame.ForwardPacket(far, bob.key(), packet));

        assertEquals(new Frame.RecvPacket(far, packet), bob.next());
      }
    }
  }

  @Test
  void whatIsForwardedToNobodyGoesNoFurther() throws Exception {
    NodeKey far = new NodeKey(Bytes.fromHex("22".repeat(32)));
    NodeKey absent = new NodeKey(Bytes.fromHex("33".repeat(32)));
    try (TestClient peer = TestClient.mesh(relay, SECRET)) {
      peer.write(new Frame.ForwardPacket(far, absent, Bytes.of((byte) 1)));
      peer.write(new Frame.Ping(1));

      assertEquals(new Frame.Pong(1), peer.next());
      assertEquals(1, relay.traffic().drops().get(RelayDrop.UNKNOWN_DESTINATION));
    }
  }

  @Test
  void aMeshPeerMayDisconnectAClient() throws Exception {
    try (TestClient bob = TestClient.connect(relay);
        TestClient peer = TestClient.mesh(relay, SECRET)) {
      peer.write(new Frame.ClosePeer(bob.key()));

      assertTrue(bob.awaitClose());
    }
  }

  @Test
  void withoutTheRightKeyAMeshFrameEndsTheConnection() throws Exception {
    Bytes packet = Bytes.of((byte) 1);
    for (String key : new String[] {WRONG, "", "zz", SECRET + "00"}) {
      for (Frame frame :
          new Frame[] {
            new Frame.WatchConns(),
            new Frame.ClosePeer(relay.key()),
            new Frame.ForwardPacket(relay.key(), relay.key(), packet)
          }) {
        try (TestClient impostor = TestClient.mesh(relay, key)) {
          impostor.write(frame);

          assertTrue(impostor.awaitClose(), key + " " + frame);
        }
      }
    }
  }

  @Test
  void aKeyFileMayEndInANewlineAndItsKeyIsNeverShown() throws Exception {
    Path file = Files.writeString(stateDir.resolve("mesh"), "\n" + SECRET + " \n");

    MeshKey key = MeshKey.read(file);

    assertTrue(key.isNamedBy(SECRET));
    assertFalse(key.isNamedBy(null));
    assertFalse(key.toString().contains(SECRET.substring(0, 8)));
    Files.writeString(file, SECRET.substring(1));
    RelayException e = assertThrows(RelayException.class, () -> MeshKey.read(file));
    assertFalse(e.getMessage().contains(SECRET.substring(1, 9)), e.getMessage());
  }

  private static Endpoint endpoint(TestClient client) {
    return Endpoint.of((InetSocketAddress) client.channel().localAddress());
  }
}

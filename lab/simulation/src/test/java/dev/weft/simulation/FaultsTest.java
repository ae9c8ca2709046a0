package dev.weft.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.engine.EngineEvent.PingAnswered;
import dev.weft.engine.Path;
import dev.weft.engine.PeerSnapshot;
import dev.weft.engine.PingKind;
import dev.weft.packet.Packets;
import dev.weft.wireguard.Drop;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// One fault at a time, on an otherwise good network.
final class FaultsTest {
  private final Mesh mesh = new Mesh(1);
  private final Site leftSite = mesh.addSite(NatKind.PORT_RESTRICTED);
  private final Site rightSite = mesh.addSite(NatKind.PORT_RESTRICTED);
  private final SimNode left = mesh.addNode(leftSite, 1);
  private final SimNode right = mesh.addNode(rightSite, 2);

  @BeforeEach
  void meet() {
    mesh.start();
    mesh.chat(left, right, 100, 10_000);
    mesh.run(10_000);
    assertNotNull(left.directPathTo(right));
    assertNotNull(right.directPathTo(left));
  }

  @Test
  void whenUdpIsCutTheRelayTakesOverWithinTheTimeOfTrustAndThePathComesBack() {
    long cut = mesh.now();
    leftSite.blockUdp(true);
    mesh.chat(left, right, 100, 60_000);
    mesh.run(30_000);
    assertNull(left.directPathTo(right));
    assertNull(right.directPathTo(left));
    // docs/protocol/dataplane.md §3.1: a path is trusted for 6.5 s after its last pong.
    long trustOver = cut + 7 * Timeline.SECOND;
    assertEquals(0, mesh.lost(left, right, trustOver, mesh.now() - Timeline.SECOND));
    assertEquals(0, mesh.lost(right, left, trustOver, mesh.now() - Timeline.SECOND));

    leftSite.blockUdp(false);
    long restored = mesh.now();
    mesh.run(15_000);
    assertNotNull(left.directPathTo(right));
    assertNotNull(right.directPathTo(left));
    mesh.run(16_000);
    assertEquals(0, mesh.lost(left, right, restored, mesh.now()));
    assertEquals(0, mesh.lost(right, left, restored, mesh.now()));
  }

  /// As the daemon does, a restarted node goes on from its last handshake's time: its peers refuse
  /// what is older (`docs/protocol/dataplane.md` §1.3).
  @Test
  void aNodeThatRestartsWithItsClockSetBackIsHeardAgain() {
    left.setWallOffset(-24 * 3600 * Timeline.SECOND);
    left.restart();
    left.publish();
    mesh.start();
    long restarted = mesh.now();
    for (int i = 0; i < 100; i++) { // only one side: the other would begin a session of its own
      left.send(right, 100);
      mesh.run(100);
    }
    assertEquals(
        0, mesh.lost(left, right, restarted + 3 * Timeline.SECOND, mesh.now() - Timeline.SECOND));
  }

  @Test
  void aRouterThatRestartsInterruptsForSecondsOnly() {
    long restart = mesh.now();
    rightSite.restartRouter();
    mesh.chat(left, right, 100, 40_000);
    mesh.run(41_000);
    long settled = restart + 20 * Timeline.SECOND;
    assertEquals(0, mesh.lost(left, right, settled, mesh.now()));
    assertEquals(0, mesh.lost(right, left, settled, mesh.now()));
    assertNotNull(left.directPathTo(right));
  }

  @Test
  void aRelayThatIsDownIsNotMissedByThoseWhoMet() {
    mesh.relay(1).setDown(true);
    mesh.relay(2).setDown(true);
    mesh.chat(left, right, 100, 200_000); // over a renewal of the session too
    mesh.run(201_000);
    assertEquals(mesh.packetsSent(), mesh.packetsDelivered());
  }

  @Test
  void aNodeThatRestartsIsFoundBeforeControlTellsItsNewDiscoKey() {
    right.restart();
    mesh.chat(right, left, 100, 30_000);
    mesh.run(31_000);
    assertNotNull(left.directPathTo(right), "the advert inside the tunnel tells the key");
    assertNotNull(right.directPathTo(left));
    assertEquals(0, mesh.lost(right, left, mesh.now() - 20 * Timeline.SECOND, mesh.now()));
    assertEquals(0, mesh.lost(left, right, mesh.now() - 20 * Timeline.SECOND, mesh.now()));
  }

  @Test
  void anIdlePairSaysNothingAndMeetsAgainWhenItTalks() {
    mesh.run(120_000);
    String quiet = mesh.trace();
    mesh.run(600_000);
    assertEquals(quiet, mesh.trace());
    assertEquals(Long.MAX_VALUE, left.core().nextTimeout());
    mesh.chat(left, right, 100, 10_000);
    mesh.run(11_000);
    assertNotNull(left.directPathTo(right));
    assertEquals(mesh.packetsSent(), mesh.packetsDelivered());
  }

  @Test
  void aRebindMovesToANewPath() {
    leftSite.restartRouter();
    left.core().rebind(mesh.now());
    right.core().rebind(mesh.now());
    mesh.chat(left, right, 100, 10_000);
    mesh.run(11_000);
    assertNotNull(left.directPathTo(right));
    assertEquals(mesh.packetsSent(), mesh.packetsDelivered(), "no trust, so the relay carried");
  }

  @Test
  void aPacketWithAForeignSourceIsNotDelivered() {
    SimNode third = mesh.addNode(mesh.addSite(NatKind.FULL_CONE), 1);
    mesh.start();
    long before = right.core().wireGuardDrops().count(Drop.BAD_INNER_SOURCE);
    left.sendRaw(Packets.udp(third.address(), 7, right.address(), 7, new byte[8]));
    mesh.run(1_000);
    assertEquals(before + 1, right.core().wireGuardDrops().count(Drop.BAD_INNER_SOURCE));
  }

  @Test
  void aPeerWhoseKeyExpiredIsNeitherHeardNorSentToUntilItIsRenewed() {
    right.setExpired(true);
    mesh.start();
    long expired = mesh.now();
    long delivered = mesh.packetsDelivered();
    mesh.chat(left, right, 100, 1_000);
    mesh.run(3_000);
    assertEquals(delivered, mesh.packetsDelivered());

    right.setExpired(false);
    mesh.start();
    long renewed = mesh.now();
    mesh.chat(left, right, 100, 10_000);
    mesh.run(11_000);
    assertEquals(10, mesh.lost(left, right, expired, renewed));
    long settled = renewed + 6 * Timeline.SECOND;
    assertEquals(0, mesh.lost(left, right, settled, mesh.now()));
    assertEquals(0, mesh.lost(right, left, settled, mesh.now()));
  }

  @Test
  void aDiscoPingAndAPingInsideTheTunnelAreAnswered() {
    assertTrue(left.ping(right, PingKind.DISCO, 1));
    assertTrue(left.ping(right, PingKind.TSMP, 2));
    mesh.run(1_000);
    List<PingAnswered> answers =
        left.events().stream()
            .filter(PingAnswered.class::isInstance)
            .map(PingAnswered.class::cast)
            .toList();
    assertEquals(List.of(1L, 2L), answers.stream().map(PingAnswered::request).sorted().toList());
    assertTrue(
        answers.stream().anyMatch(answer -> answer.via() instanceof Path.Udp),
        "the disco ping tells the path");
  }

  @Test
  void theSnapshotCounts() {
    PeerSnapshot snapshot = left.snapshot(right);
    assertNotNull(snapshot);
    assertTrue(snapshot.rxBytes() > 100 * 64);
    assertTrue(snapshot.txBytes() > 100 * 64);
    assertTrue(snapshot.lastHandshake() > 0);
    assertTrue(snapshot.latencyNanos() >= 40 * Timeline.MILLISECOND);
  }
}

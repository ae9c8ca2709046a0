package dev.weft.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.SeededTest;

/// A hundred nodes, their NATs, relays and control, through whatever happens.
///
/// While it runs, [Model] and [Mailbox] watch every event. `WEFT_SEEDS=100` runs a hundred meshes,
/// `WEFT_SEED=7` the seventh alone.
final class TailnetTest {
  private static final int NODES = 100;
  private static final int EPOCHS = 2;
  private static final int TROUBLED_SECONDS = 40;
  private static final int FAULTS_PER_SECOND = 2;
  private static final int PAIRS_OF_A_NODE = 2;

  @SeededTest(seeds = 1)
  void aTailnetComesToRestAfterWhateverHappensToIt(long seed) {
    Tailnets tailnet = new Tailnets(seed, NODES);
    Mesh mesh = tailnet.mesh();
    Trouble trouble = new Trouble(mesh, tailnet.control(), Tailnets.REGIONS, FAULTS_PER_SECOND);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      trouble.begin(TROUBLED_SECONDS);
      mesh.run(TROUBLED_SECONDS * 1_000L);
      trouble.end();
      tailnet.comeToRest(PAIRS_OF_A_NODE);
    }
    assertTrue(
        mesh.packetsDelivered() > mesh.packetsSent() / 2,
        () -> mesh.packetsDelivered() + " of " + mesh.packetsSent() + " delivered");
    System.out.println(
        "seed %d: %d events, %d of %d packets, %s"
            .formatted(
                seed, mesh.events(), mesh.packetsDelivered(), mesh.packetsSent(), mesh.trace()));
  }
}

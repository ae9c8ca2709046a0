package dev.weft.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.SeededTest;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Whole meshes with random NATs on a rough network, with random faults.
///
/// While it runs, [Mailbox] watches that nothing arrives twice, at the wrong node or from the wrong
/// source. At the end, with the network good again, everyone reaches everyone, and directly where
/// the NATs allow it.
final class RandomMeshTest {
  private static final List<NatKind> KINDS =
      List.of(
          NatKind.FULL_CONE,
          NatKind.ADDRESS_RESTRICTED,
          NatKind.PORT_RESTRICTED,
          NatKind.SYMMETRIC);
  private static final int FAULTY_SECONDS = 240;

  @SeededTest(seeds = 6)
  void aMeshSurvivesWhateverHappensToIt(long seed) {
    Mesh mesh = new Mesh(seed);
    RandomGenerator random = mesh.random();
    List<NatKind> kinds = new ArrayList<>();
    populate(mesh, random, kinds);
    mesh.setConditions(Conditions.ROUGH);
    makeTrouble(mesh, random);
    mesh.run(FAULTY_SECONDS * 1_000L);
    assertTrue(
        mesh.packetsDelivered() > mesh.packetsSent() / 2,
        () -> mesh.packetsDelivered() + " of " + mesh.packetsSent() + " delivered");

    heal(mesh);
    long healed = mesh.now();
    talkToEveryone(mesh, 40);
    mesh.run(41_000);
    checkAll(mesh, kinds, healed + 20 * Timeline.SECOND);
  }

  @SeededTest(seeds = 2)
  void oneSeedGivesOneTrace(long seed) {
    assertEquals(shortRun(seed), shortRun(seed));
  }

  private static String shortRun(long seed) {
    Mesh mesh = new Mesh(seed);
    populate(mesh, mesh.random(), new ArrayList<>());
    mesh.setConditions(Conditions.ROUGH);
    makeTrouble(mesh, mesh.random());
    mesh.run(20_000);
    return mesh.trace();
  }

  private static void populate(Mesh mesh, RandomGenerator random, List<NatKind> kinds) {
    for (int i = 0; i < 5; i++) {
      boolean roommate = i > 0 && random.nextInt(5) == 0;
      NatKind kind = roommate ? kinds.getLast() : KINDS.get(random.nextInt(KINDS.size()));
      Site site = roommate ? mesh.sites().getLast() : mesh.addSite(kind);
      kinds.add(kind);
      mesh.addNode(site, 1 + random.nextInt(2));
    }
    mesh.setEndpointsInMap(random.nextBoolean());
    mesh.start();
  }

  private static void makeTrouble(Mesh mesh, RandomGenerator random) {
    for (int second = 0; second < FAULTY_SECONDS; second++) {
      mesh.after(second * 1_000L, () -> oneSecond(mesh, random));
    }
  }

  private static void oneSecond(Mesh mesh, RandomGenerator random) {
    for (int i = 0; i < 2; i++) {
      mesh.chat(pick(mesh.nodes(), random), pick(mesh.nodes(), random), 250, 1_000);
    }
    switch (random.nextInt(24)) {
      case 0 -> {
        Site site = pick(mesh.sites(), random);
        site.blockUdp(true);
        mesh.after(random.nextLong(30_000), () -> site.blockUdp(false));
      }
      case 1 -> pick(mesh.sites(), random).restartRouter();
      case 2 -> pick(mesh.nodes(), random).core().rebind(mesh.now());
      case 3 -> {
        Relay relay = mesh.relay(1 + random.nextInt(2));
        relay.setDown(true);
        mesh.after(random.nextLong(10_000), () -> relay.setDown(false));
      }
      case 4 -> {
        SimNode node = pick(mesh.nodes(), random);
        node.restart();
        mesh.after(
            random.nextLong(5_000),
            () -> {
              node.publish();
              mesh.start();
            });
      }
      default -> {} // a quiet second
    }
  }

  private static void heal(Mesh mesh) {
    mesh.setConditions(Conditions.GOOD);
    mesh.sites().forEach(site -> site.blockUdp(false));
    mesh.relay(1).setDown(false);
    mesh.relay(2).setDown(false);
    mesh.nodes().forEach(SimNode::publish);
    mesh.start();
  }

  private static void talkToEveryone(Mesh mesh, int seconds) {
    for (SimNode a : mesh.nodes()) {
      for (SimNode b : mesh.nodes()) {
        if (mesh.nodes().indexOf(a) < mesh.nodes().indexOf(b)) {
          mesh.chat(a, b, 200, seconds * 1_000L);
        }
      }
    }
  }

  private static void checkAll(Mesh mesh, List<NatKind> kinds, long since) {
    List<SimNode> nodes = mesh.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      for (int j = 0; j < nodes.size(); j++) {
        if (i == j) {
          continue;
        }
        SimNode from = nodes.get(i);
        SimNode to = nodes.get(j);
        String pair = from + " " + kinds.get(i) + " to " + to + " " + kinds.get(j);
        assertEquals(0, mesh.lost(from, to, since, mesh.now() - Timeline.SECOND), pair);
        if (from.isNeighbourOf(to) || NatKind.canMeet(kinds.get(i), kinds.get(j))) {
          assertNotNull(from.directPathTo(to), pair);
        } else {
          assertNull(from.directPathTo(to), pair);
        }
      }
    }
  }

  private static <T> T pick(List<T> list, RandomGenerator random) {
    return list.get(random.nextInt(list.size()));
  }
}

package dev.weft.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.engine.PingKind;
import dev.weft.testkit.SeededTest;
import java.util.List;
import java.util.random.RandomGenerator;

/// What strangers, and peers that misbehave, can make a node keep.
final class MemoryTest {
  /// How WireGuard's messages, disco, Geneve and noise begin. Not STUN, which is passed on.
  private static final List<Bytes> STARTS =
      List.of(
          Bytes.fromHex("01000000"),
          Bytes.fromHex("02000000"),
          Bytes.fromHex("03000000"),
          Bytes.fromHex("04000000"),
          Bytes.fromHex("5453f09f92ac"),
          Bytes.fromHex("00007a1200000100"),
          Bytes.fromHex("ff"));

  private static final List<PingKind> KINDS = List.of(PingKind.values());

  @SeededTest(seeds = 2)
  void aFloodFromStrangersLeavesNothingBehind(long seed) {
    Mesh mesh = new Mesh(seed);
    SimNode node = mesh.addNode(mesh.addSite(NatKind.FULL_CONE), 1);
    SimNode peer = mesh.addNode(mesh.addSite(NatKind.FULL_CONE), 1);
    mesh.start();
    mesh.chat(node, peer, 100, 5_000);
    mesh.run(6_000);
    RandomGenerator random = mesh.random();
    // Once to settle what is made on first use and then bounded.
    flood(node, random, 2_000);
    long before = Footprint.of(node.core());
    flood(node, random, 20_000);
    long after = Footprint.of(node.core());
    assertTrue(after <= before * 1.05, () -> before + " units before, " + after + " after");
  }

  @SeededTest(seeds = 2)
  void anAbsentPeerIsPingedAndSentToWithinBounds(long seed) {
    Mesh mesh = new Mesh(seed);
    SimNode node = mesh.addNode(mesh.addSite(NatKind.FULL_CONE), 1);
    Site dead = mesh.addSite(NatKind.FULL_CONE);
    SimNode absent = mesh.addNode(dead, 1);
    mesh.start();
    dead.blockUdp(true);
    mesh.relay(1).setDown(true);
    push(mesh, node, absent, 600);
    long before = Footprint.of(node.core());
    push(mesh, node, absent, 6_000);
    long after = Footprint.of(node.core());
    assertTrue(after <= before * 1.1, () -> before + " units before, " + after + " after");
  }

  private static void push(Mesh mesh, SimNode node, SimNode absent, int packets) {
    for (int i = 0; i < packets; i++) {
      node.send(absent, 1_000);
      node.ping(absent, KINDS.get(i % KINDS.size()), i);
      mesh.run(10);
    }
  }

  private static void flood(SimNode node, RandomGenerator random, int datagrams) {
    int[] lengths = {20, 32, 62, 92, 124, 148, 300};
    for (int i = 0; i < datagrams; i++) {
      byte[] bytes = new byte[lengths[random.nextInt(lengths.length)]];
      random.nextBytes(bytes);
      byte[] start = STARTS.get(random.nextInt(STARTS.size())).toArray();
      System.arraycopy(start, 0, bytes, 0, start.length);
      Endpoint from = new Endpoint(Ip.v4(random.nextInt()), 1 + random.nextInt(65_000));
      node.receive(from, Bytes.of(bytes));
    }
  }
}

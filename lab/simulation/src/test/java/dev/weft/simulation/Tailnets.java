package dev.weft.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Makes meshes with control, random NATs and two relays, and lets them come to rest.
final class Tailnets {
  static final int REGIONS = 2;

  /// Sessions of a peer that has restarted are given up after 15 s of silence; the rest is for the
  /// handshakes and pings that follow.
  static final int SETTLE_SECONDS = 30;

  private static final int OBSERVED_SECONDS = 10;

  private static final List<NatKind> KINDS =
      List.of(
          NatKind.FULL_CONE,
          NatKind.ADDRESS_RESTRICTED,
          NatKind.PORT_RESTRICTED,
          NatKind.SYMMETRIC);

  private final Mesh mesh;
  private final Control control;

  Tailnets(long seed, int nodes) {
    mesh = new Mesh(seed);
    control = mesh.startControl();
    RandomGenerator random = mesh.random();
    for (int i = 0; i < nodes; i++) {
      boolean roommate = i > 0 && random.nextInt(5) == 0;
      Site site =
          roommate ? mesh.sites().getLast() : mesh.addSite(KINDS.get(random.nextInt(KINDS.size())));
      mesh.addNode(site, 1 + random.nextInt(REGIONS));
    }
    mesh.run(3_000);
  }

  Mesh mesh() {
    return mesh;
  }

  Control control() {
    return control;
  }

  /// Lets pairs of nodes talk in peace, and checks that all is as it should be in the end.
  void comeToRest(int pairsOfANode) {
    List<List<SimNode>> pairs = pairs(pairsOfANode);
    int seconds = SETTLE_SECONDS + OBSERVED_SECONDS;
    pairs.forEach(pair -> mesh.chat(pair.get(0), pair.get(1), 500, seconds * 1_000L));
    mesh.run(SETTLE_SECONDS * 1_000L);
    long settled = mesh.now();
    mesh.run(OBSERVED_SECONDS * 1_000L);
    mesh.model().requireRest(control);
    List<Mailbox.Letter> lost = mesh.mailbox().lost(settled, mesh.now() - Timeline.SECOND);
    if (!lost.isEmpty()) {
      throw new AssertionError(
          lost.size() + " packets lost at rest, the first " + describe(lost.getFirst()));
    }
    pairs.forEach(pair -> {
      mesh.model().requireBestWay(pair.get(0), pair.get(1));
      mesh.model().requireBestWay(pair.get(1), pair.get(0));
    });
  }

  private String describe(Mailbox.Letter letter) {
    StringBuilder text = new StringBuilder(letter.toString());
    for (SimNode node : mesh.nodes()) {
      if (node.address().equals(letter.from()) || node.address().equals(letter.to())) {
        text.append("; ").append(node).append(" behind ").append(node.site().kind());
      }
    }
    return text.toString();
  }

  /// Each node with some of those after it, so that every node is in several pairs.
  private List<List<SimNode>> pairs(int each) {
    List<SimNode> nodes = mesh.nodes();
    List<List<SimNode>> pairs = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (int step = 1; step <= each; step++) {
        int j = (i + step * step) % nodes.size();
        if (i != j) {
          pairs.add(List.of(nodes.get(i), nodes.get(j)));
        }
      }
    }
    return pairs;
  }
}

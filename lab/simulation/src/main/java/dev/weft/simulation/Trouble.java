package dev.weft.simulation;

import dev.weft.keys.NodeKey;
import java.util.List;
import java.util.random.RandomGenerator;

/// What happens to a mesh with control, at random: each second some talk and some faults.
final class Trouble {
  private static final long HOUR = 3_600 * Timeline.SECOND;
  private static final int PAIRS_PER_SECOND = 8;

  private final Mesh mesh;
  private final Control control;
  private final RandomGenerator random;
  private final int faultsPerSecond;
  private final int regions;
  private boolean over;

  Trouble(Mesh mesh, Control control, int regions, int faultsPerSecond) {
    this.mesh = mesh;
    this.control = control;
    this.random = mesh.random();
    this.regions = regions;
    this.faultsPerSecond = faultsPerSecond;
  }

  /// From now on, for a time.
  void begin(int seconds) {
    over = false;
    mesh.setConditions(Conditions.ROUGH);
    for (int second = 0; second < seconds; second++) {
      mesh.after(second * 1_000L, this::oneSecond);
    }
  }

  /// Whatever is broken is mended, and nothing breaks any more.
  void end() {
    over = true;
    mesh.setConditions(Conditions.GOOD);
    mesh.sites().forEach(site -> site.blockUdp(false));
    for (int region = 1; region <= regions; region++) {
      mesh.relay(region).setDown(false);
    }
    mesh.nodes().forEach(node -> node.setAsleep(false));
    control.setUp(true);
    // A machine that comes back looks at its network.
    mesh.nodes().forEach(SimNode::needEndpoints);
  }

  private void oneSecond() {
    if (over) {
      return;
    }
    for (int i = 0; i < PAIRS_PER_SECOND; i++) {
      mesh.chat(pick(mesh.nodes()), pick(mesh.nodes()), 250, 2_000);
    }
    for (int i = 0; i < faultsPerSecond; i++) {
      fault();
    }
  }

  private void fault() {
    switch (random.nextInt(13)) {
      case 0 -> {
        Site site = pick(mesh.sites());
        site.blockUdp(true);
        later(30_000, () -> site.blockUdp(false));
      }
      case 1 -> pick(mesh.sites()).restartRouter();
      case 2 -> pick(mesh.nodes()).core().rebind(mesh.now());
      case 3 -> {
        Relay relay = mesh.relay(1 + random.nextInt(regions));
        relay.setDown(true);
        later(10_000, () -> relay.setDown(false));
      }
      case 4 -> restart(pick(mesh.nodes()));
      case 5 -> {
        SimNode node = pick(mesh.nodes());
        node.moveTo(pick(mesh.sites()));
      }
      case 6 -> {
        SimNode node = pick(mesh.nodes());
        node.setAsleep(true);
        later(60_000, () -> node.setAsleep(false));
      }
      case 7 -> pick(mesh.nodes()).setWallOffset(random.nextLong(-HOUR, HOUR));
      case 8 -> rotateKey(pick(mesh.nodes()));
      case 9 -> {
        control.setUp(false);
        later(15_000, () -> control.setUp(true));
      }
      case 10 -> replace(pick(mesh.nodes()));
      case 11 -> {
        for (int i = 0; i < 20; i++) {
          mesh.internet().replay();
        }
      }
      default -> {
        for (int i = 0; i < 20; i++) {
          mesh.internet().inject();
        }
      }
    }
  }

  private void later(long withinMillis, Runnable mend) {
    mesh.after(
        1 + random.nextLong(withinMillis),
        () -> {
          if (!over) {
            mend.run();
          }
        });
  }

  private void restart(SimNode node) {
    if (node.isRunning()) {
      node.restart();
      control.reconnect(node, NodeKey.ZERO);
    }
  }

  private void rotateKey(SimNode node) {
    if (node.isRunning() && control.isUp()) {
      NodeKey former = node.key();
      node.rotateKey();
      control.reconnect(node, former);
    }
  }

  /// One goes for good and another comes.
  private void replace(SimNode node) {
    if (control.isUp()) {
      mesh.remove(node);
      mesh.addNode(pick(mesh.sites()), 1 + random.nextInt(regions));
    }
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}

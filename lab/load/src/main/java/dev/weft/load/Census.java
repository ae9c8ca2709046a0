package dev.weft.load;

import dev.weft.base.Endpoint;
import dev.weft.tailcfg.MapResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Knows which node was told of which change, and how long that took. Safe for several threads.
///
/// A node that is told of a later change of the same node needs no word of the earlier one: it
/// counts as told of both.
final class Census {
  private final int nodes;
  private final int[] latest;
  private final List<Change> changes = new ArrayList<>();
  private int[] micros = new int[1024];
  private int told;
  private int expected;
  private int measuredFrom;

  /// @param nodes numbered from 0
  Census(int nodes) {
    this.nodes = nodes;
    this.latest = new int[nodes];
    Arrays.fill(latest, -1);
  }

  private record Change(int previous, long startNanos, BitSet told) {}

  /// A node is about to change; every other one should hear.
  ///
  /// @return the number of the change
  synchronized int begin(int node, long nowNanos) {
    int change = changes.size();
    BitSet told = new BitSet(nodes);
    told.set(node);
    changes.add(new Change(latest[node], nowNanos, told));
    latest[node] = change;
    expected += nodes - 1;
    return change;
  }

  /// What came before was for warming up.
  synchronized void forgetLatencies() {
    told = 0;
    expected = 0;
    measuredFrom = changes.size();
  }

  /// Looks through a message for changes.
  void read(int observer, MapResponse message, long atNanos) {
    message.peers().forEach(peer -> note(observer, peer.endpoints(), atNanos));
    message.peersChanged().forEach(peer -> note(observer, peer.endpoints(), atNanos));
    message.peersChangedPatch().forEach(patch -> note(observer, patch.endpoints(), atNanos));
  }

  private synchronized void note(int observer, @Nullable List<Endpoint> endpoints, long atNanos) {
    int change = endpoints == null ? -1 : Stamp.read(endpoints).orElse(-1);
    while (change >= 0 && change < changes.size()) {
      Change now = changes.get(change);
      if (now.told.get(observer)) {
        break;
      }
      now.told.set(observer);
      if (change >= measuredFrom) {
        add((int) Math.min(Integer.MAX_VALUE, (atNanos - now.startNanos) / 1_000));
      }
      change = now.previous;
    }
    notifyAll();
  }

  private void add(int latencyMicros) {
    if (told == micros.length) {
      micros = Arrays.copyOf(micros, told * 2);
    }
    micros[told++] = latencyMicros;
  }

  /// Waits until every node knows of every change.
  ///
  /// @return whether that came about in time
  synchronized boolean await(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (told < expected) {
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        return false;
      }
      wait(millis);
    }
    return true;
  }

  /// How often a node that should have heard of a change has not.
  synchronized int missing() {
    return expected - told;
  }

  /// The time within which this share of all tellings happened; 0 when there were none.
  synchronized double millis(double share) {
    if (told == 0) {
      return 0;
    }
    int[] sorted = Arrays.copyOf(micros, told);
    Arrays.sort(sorted);
    return sorted[Math.min(told - 1, (int) (share * told))] / 1e3;
  }
}

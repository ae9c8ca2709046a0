package dev.weft.runtime.netcheck;

import dev.weft.base.Entropy;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Which region is home (`docs/protocol/dataplane.md §4.3`). Moving costs all peers, so a home that
/// still works is left for a clearly better one only.
final class HomeChoice {
  private static final long HISTORY_NANOS =
      TimeUnit.MINUTES.toNanos(5) + TimeUnit.SECONDS.toNanos(5);
  private static final long WORTH_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long HEARD_NANOS = TimeUnit.SECONDS.toNanos(8);

  /// A report each 20 s or more, and a few more when the network changes.
  private static final int MAX_HISTORY = 64;

  private static final long NEVER = Long.MIN_VALUE;

  private record Measured(long at, Map<Integer, Long> latency) {}

  private final Entropy entropy;
  private final ArrayDeque<Measured> history = new ArrayDeque<>();
  private final TreeMap<Integer, Long> heardAt = new TreeMap<>();
  private int home;

  HomeChoice(Entropy entropy) {
    this.entropy = entropy;
  }

  /// 0 when there is none yet.
  int home() {
    return home;
  }

  /// The relay of a region has sent us a DERP frame.
  void noteDerpFrame(long now, int region) {
    heardAt.put(region, now);
  }

  /// The network is another: what was measured in the former one means nothing.
  void forgetMeasurements() {
    history.clear();
  }

  /// Chooses after a round of measurements.
  ///
  /// @param startedAt when the round began
  /// @param latency of the regions that answered in it, in nanoseconds
  int choose(long startedAt, long now, List<ProbeRegion> regions, Map<Integer, Long> latency) {
    remember(now, latency);
    heardAt.keySet().retainAll(regions.stream().map(ProbeRegion::id).toList());
    if (regions.stream().noneMatch(region -> region.id() == home)) {
      home = 0;
    }
    int best = 0;
    double bestNanos = Double.MAX_VALUE;
    for (ProbeRegion region : regions) {
      if (region.mayBeHome() && latency.containsKey(region.id())) {
        double nanos = bestRecent(region.id()) * region.score();
        if (nanos < bestNanos) {
          best = region.id();
          bestNanos = nanos;
        }
      }
    }
    home = best == 0 ? unmeasured(regions) : preferred(startedAt, now, best, bestNanos, latency);
    return home;
  }

  private int preferred(
      long startedAt, long now, int best, double bestNanos, Map<Integer, Long> latency) {
    if (home == 0 || best == home) {
      return best;
    }
    long heard = heardAt.getOrDefault(home, NEVER);
    boolean isHeard = heard != NEVER && (heard >= startedAt || now - heard <= HEARD_NANOS);
    if (!latency.containsKey(home) && !isHeard) {
      return best;
    }
    // Heard but not measured counts as near: whatever is lost, it is not the relay.
    long homeNanos = latency.getOrDefault(home, 0L);
    boolean stays = homeNanos - bestNanos < WORTH_NANOS || bestNanos > homeNanos * 2.0 / 3.0;
    return stays ? home : best;
  }

  /// Nothing answered. The home stays; without one any relay is better than none, since DERP may
  /// pass where STUN does not.
  private int unmeasured(List<ProbeRegion> regions) {
    if (home != 0) {
      return home;
    }
    List<ProbeRegion> eligible = regions.stream().filter(ProbeRegion::mayBeHome).toList();
    return eligible.isEmpty() ? 0 : eligible.get(entropy.below(eligible.size())).id();
  }

  private void remember(long now, Map<Integer, Long> latency) {
    history.addLast(new Measured(now, Map.copyOf(latency)));
    while (history.size() > MAX_HISTORY || history.getFirst().at() < now - HISTORY_NANOS) {
      history.removeFirst();
    }
  }

  private long bestRecent(int region) {
    long best = Long.MAX_VALUE;
    for (Measured measured : history) {
      best = Math.min(best, measured.latency().getOrDefault(region, Long.MAX_VALUE));
    }
    return best;
  }
}

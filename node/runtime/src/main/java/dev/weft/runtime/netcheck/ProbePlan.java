package dev.weft.runtime.netcheck;

import dev.weft.base.Endpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Which STUN requests a round sends, and when (`docs/protocol/dataplane.md §4.2`).
final class ProbePlan {
  /// One request.
  ///
  /// @param at after the start of the round
  record Probe(long at, int region, Endpoint to) {
    boolean isV4() {
      return to.ip().isV4();
    }
  }

  private static final long FULL_SPACING = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int FULL_TRIES = 3;

  private static final long UNKNOWN_LATENCY = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long TRY_SPACING = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int NEAREST_REGIONS = 3;
  private static final int HOME_TRIES = 4;

  private ProbePlan() {}

  /// Every region, three times.
  static ArrayDeque<Probe> full(List<ProbeRegion> regions) {
    List<Probe> probes = new ArrayList<>();
    for (ProbeRegion region : regions) {
      for (int i = 0; i < FULL_TRIES; i++) {
        add(probes, region, i, i * FULL_SPACING);
      }
    }
    return sorted(probes);
  }

  /// The nearest regions and home, seldom more than once.
  ///
  /// @param latency of each region at the last look, in nanoseconds
  static ArrayDeque<Probe> incremental(
      List<ProbeRegion> regions, int home, Map<Integer, Long> latency) {
    List<ProbeRegion> byDistance = new ArrayList<>(regions);
    byDistance.sort(Comparator.comparing(r -> latency.getOrDefault(r.id(), Long.MAX_VALUE)));
    List<Probe> probes = new ArrayList<>();
    for (int rank = 0; rank < byDistance.size(); rank++) {
      ProbeRegion region = byDistance.get(rank);
      int tries = tries(rank, region.id() == home);
      long patience = latency.getOrDefault(region.id(), UNKNOWN_LATENCY * 10 / 12) * 12 / 10;
      for (int i = 0; i < tries; i++) {
        add(probes, region, i, i * (patience + TRY_SPACING));
      }
    }
    return sorted(probes);
  }

  private static int tries(int rank, boolean isHome) {
    if (isHome) {
      return HOME_TRIES;
    }
    if (rank >= NEAREST_REGIONS) {
      return 0;
    }
    return rank < 2 ? 2 : 1;
  }

  private static void add(List<Probe> probes, ProbeRegion region, int attempt, long at) {
    for (List<Endpoint> relays : List.of(region.v4(), region.v6())) {
      if (!relays.isEmpty()) {
        probes.add(new Probe(at, region.id(), relays.get(attempt % relays.size())));
      }
    }
  }

  private static ArrayDeque<Probe> sorted(List<Probe> probes) {
    probes.sort(Comparator.comparingLong(Probe::at));
    return new ArrayDeque<>(probes);
  }
}

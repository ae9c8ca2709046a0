package dev.weft.runtime.netcheck;

import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.runtime.netcheck.ProbePlan.Probe;
import dev.weft.stun.BindingRequest;
import dev.weft.stun.BindingResponse;
import dev.weft.stun.TransactionId;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Looks at the network, one round after the other. A core: time, entropy and what came from the
/// network are arguments, what to do goes to [Output].
///
/// Owns the round under way, the history of rounds and the home. The caller starts rounds, passes
/// in STUN responses, and calls [#handleTimeout] at [#nextTimeout]. Does not resolve names and
/// opens no socket.
final class Netcheck {
  interface Output {
    /// Send these bytes from the node's UDP socket.
    void probe(Endpoint to, byte[] request);

    /// Time an HTTPS exchange with a region; the answer is [Netcheck#handleHttps].
    void measureHttps(int region);

    /// The round is over.
    void report(NetReport report);
  }

  // dataplane.md §4.2.
  static final long STUN_NANOS = TimeUnit.SECONDS.toNanos(3);
  static final long HTTPS_NANOS = TimeUnit.SECONDS.toNanos(5);
  static final long FULL_EVERY_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final int ENOUGH_REGIONS = 3;

  /// However near the relays are, the ones not heard yet get this long.
  private static final long LEAST_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final long NONE = Long.MAX_VALUE;

  /// What is happening now.
  private sealed interface State {
    record Idle() implements State {}

    /// Until `until`, requests leave as planned and answers are awaited.
    record Probing(long until) implements State {}

    record AwaitingHttps(long until) implements State {}
  }

  private record Sent(int region, boolean isV4, long at) {}

  private final Entropy entropy;
  private final HomeChoice home;

  private State state = new State.Idle();
  private List<ProbeRegion> regions = List.of();
  private boolean full;
  private long startedAt;
  private long lastFullAt = NONE;
  private SortedMap<Integer, Long> lastLatency = Collections.emptySortedMap();

  private ArrayDeque<Probe> plan = new ArrayDeque<>();
  // Looked up only, never walked: its order does not matter.
  private final Map<TransactionId, Sent> sent = new HashMap<>();
  private final TreeMap<Integer, Long> v4 = new TreeMap<>();
  private final TreeMap<Integer, Long> v6 = new TreeMap<>();
  private final TreeMap<Integer, Long> https = new TreeMap<>();
  private int httpsDue;
  private Optional<Endpoint> globalV4 = Optional.empty();
  private Optional<Endpoint> globalV6 = Optional.empty();
  private int answersV4;
  private boolean mappingDiffers;

  Netcheck(Entropy entropy) {
    this.entropy = entropy;
    this.home = new HomeChoice(entropy);
  }

  boolean isIdle() {
    return state instanceof State.Idle;
  }

  /// Begins a round, and drops one that is under way.
  ///
  /// @param fresh whether the network is another than before: everything is probed again
  void handleStart(long now, List<ProbeRegion> probeRegions, boolean fresh, Output out) {
    clear();
    regions = List.copyOf(probeRegions);
    startedAt = now;
    if (fresh) {
      home.forgetMeasurements();
      lastLatency = Collections.emptySortedMap();
    }
    full =
        fresh
            || lastFullAt == NONE
            || now - lastFullAt >= FULL_EVERY_NANOS
            || lastLatency.isEmpty();
    if (full) {
      lastFullAt = now;
    }
    plan =
        full ? ProbePlan.full(regions) : ProbePlan.incremental(regions, home.home(), lastLatency);
    state = new State.Probing(now + STUN_NANOS);
    handleTimeout(now, out);
  }

  /// Drops the round under way without a report.
  void handleStop() {
    clear();
    state = new State.Idle();
  }

  /// A response to one of our requests; anything else is not ours and is passed over.
  void handleStun(long now, BindingResponse response, Output out) {
    Sent request = sent.remove(response.id());
    if (request == null || !(state instanceof State.Probing(long until))) {
      return;
    }
    long nanos = now - request.at();
    (request.isV4() ? v4 : v6).merge(request.region(), nanos, Math::min);
    if (response.mapped().ip().isV4()) {
      noteMapping(response.mapped());
    } else if (globalV6.isEmpty()) {
      globalV6 = Optional.of(response.mapped());
    }
    if (latency().size() >= Math.min(ENOUGH_REGIONS, regions.size())) {
      long slowest = Collections.max(latency().values());
      long grace = Math.max(LEAST_GRACE_NANOS, full ? 2 * slowest : slowest);
      state = new State.Probing(Math.min(until, now + grace));
    }
    handleTimeout(now, out);
  }

  private void noteMapping(Endpoint mapped) {
    answersV4++;
    if (globalV4.isEmpty()) {
      globalV4 = Optional.of(mapped);
    } else if (!globalV4.get().equals(mapped)) {
      mappingDiffers = true;
    }
  }

  /// How long a region took to answer over HTTPS; empty when it did not.
  void handleHttps(long now, int region, Optional<Long> nanos, Output out) {
    if (!(state instanceof State.AwaitingHttps)) {
      return;
    }
    nanos.ifPresent(n -> https.put(region, n));
    httpsDue--;
    if (httpsDue == 0) {
      finish(now, out);
    }
  }

  void noteDerpFrame(long now, int region) {
    home.noteDerpFrame(now, region);
  }

  void handleTimeout(long now, Output out) {
    switch (state) {
      case State.Idle _ -> {}
      case State.Probing(long until) -> {
        sendDue(now, out);
        if (now >= until || hasEverything()) {
          endProbing(now, out);
        }
      }
      case State.AwaitingHttps(long until) -> {
        if (now >= until) {
          finish(now, out);
        }
      }
    }
  }

  long nextTimeout() {
    return switch (state) {
      case State.Idle _ -> NONE;
      case State.Probing(long until) ->
          plan.isEmpty() ? until : Math.min(until, startedAt + plan.getFirst().at());
      case State.AwaitingHttps(long until) -> until;
    };
  }

  private void sendDue(long now, Output out) {
    while (!plan.isEmpty() && startedAt + plan.getFirst().at() <= now) {
      Probe probe = plan.removeFirst();
      if (!(probe.isV4() ? v4 : v6).containsKey(probe.region())) {
        TransactionId id = TransactionId.random(entropy);
        sent.put(id, new Sent(probe.region(), probe.isV4(), now));
        out.probe(probe.to(), new BindingRequest(id).encode());
      }
    }
  }

  /// Nobody is left who could answer.
  private boolean hasEverything() {
    return regions.stream()
        .allMatch(region ->
            (region.v4().isEmpty() || v4.containsKey(region.id()))
                && (region.v6().isEmpty() || v6.containsKey(region.id())));
  }

  private void endProbing(long now, Output out) {
    if (!v4.isEmpty() || !v6.isEmpty() || regions.isEmpty()) {
      finish(now, out);
      return;
    }
    state = new State.AwaitingHttps(now + HTTPS_NANOS);
    httpsDue = regions.size();
    for (ProbeRegion region : regions) {
      out.measureHttps(region.id());
    }
  }

  private void finish(long now, Output out) {
    SortedMap<Integer, Long> latency = latency();
    int preferred = home.choose(startedAt, now, regions, latency);
    Optional<Boolean> varies = answersV4 < 2 ? Optional.empty() : Optional.of(mappingDiffers);
    NetReport report =
        new NetReport(
            !v4.isEmpty() || !v6.isEmpty(), globalV4, globalV6, varies, preferred, v4, v6, https);
    if (full || latency.isEmpty()) {
      lastLatency = latency;
    } else {
      TreeMap<Integer, Long> known = new TreeMap<>(lastLatency);
      known.putAll(latency);
      lastLatency = known;
    }
    clear();
    state = new State.Idle();
    out.report(report);
  }

  /// The best of each region that has answered in this round.
  private SortedMap<Integer, Long> latency() {
    TreeMap<Integer, Long> best = new TreeMap<>(v4);
    v6.forEach((region, nanos) -> best.merge(region, nanos, Math::min));
    https.forEach((region, nanos) -> best.merge(region, nanos, Math::min));
    return best;
  }

  private void clear() {
    plan.clear();
    sent.clear();
    v4.clear();
    v6.clear();
    https.clear();
    globalV4 = Optional.empty();
    globalV6 = Optional.empty();
    answersV4 = 0;
    mappingDiffers = false;
    httpsDue = 0;
  }
}

package dev.weft.runtime.netcheck;

import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.base.Segments;
import dev.weft.runtime.derp.LatencyCheck;
import dev.weft.runtime.derp.RelayAddresses;
import dev.weft.runtime.loop.CoreTimer;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.stun.BindingResponse;
import dev.weft.stun.ResponseOutcome;
import dev.weft.stun.StunDrop;
import dev.weft.tailcfg.DerpHomeParams;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DerpNode;
import dev.weft.tailcfg.DerpRegion;
import dev.weft.transport.proxy.Uplink;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps a node informed of its network: the shell of [Netcheck] on the node loop, where all its
/// methods are called and all its reports come.
public final class NetcheckLoop implements AutoCloseable {
  /// Often enough that a NAT does not forget the mapping that peers were told, and irregular, so
  /// that nodes do not fall in step.
  private static final int LEAST_PAUSE_SECONDS = 20;

  private static final int PAUSE_SPREAD_SECONDS = 7;

  private final NodeLoop loop;
  private final Entropy entropy;
  private final Uplink uplink;
  private final BiConsumer<Endpoint, Segments> socket;
  private final Consumer<NetReport> onReport;
  private final Netcheck core;
  private final CoreTimer timer;
  private final Shell shell = new Shell();

  private DerpMap map = DerpMap.builder().regions(new TreeMap<>()).build();
  private @Nullable Future<?> pause;
  private boolean running;
  private boolean fresh = true;

  /// Counts the rounds, so that what belongs to a former one is told.
  private int round;

  /// @param uplink how to reach relays when UDP does not pass
  /// @param socket the node's own: what it sends must leave by the address and port that peers see
  public NetcheckLoop(
      NodeLoop loop,
      Entropy entropy,
      Uplink uplink,
      BiConsumer<Endpoint, Segments> socket,
      Consumer<NetReport> onReport) {
    this.loop = loop;
    this.entropy = entropy;
    this.uplink = uplink;
    this.socket = socket;
    this.onReport = onReport;
    this.core = new Netcheck(entropy);
    this.timer = new CoreTimer(loop, this::onTimeout);
  }

  /// Takes over a map; when it has other regions than before, a full report follows at once.
  public void useMap(DerpMap latest) {
    boolean changed = !latest.equals(map) && latest.regions() != null;
    if (changed) {
      map = latest;
      fresh = true;
      startRound();
    }
  }

  /// Begins to look, and goes on until [#stop].
  public void start() {
    if (!running) {
      running = true;
      startRound();
    }
  }

  public void stop() {
    running = false;
    round++;
    if (pause != null) {
      pause.cancel(false);
    }
    core.handleStop();
    timer.setDeadline(core.nextTimeout());
  }

  @Override
  public void close() {
    stop();
  }

  /// The machine's addresses changed: everything is measured again.
  public void rebind() {
    fresh = true;
    startRound();
  }

  /// A STUN datagram has come to the node's socket.
  public void handleStun(Endpoint from, byte[] array, int offset, int length) {
    ResponseOutcome outcome = BindingResponse.parse(array, offset, length);
    switch (outcome) {
      case BindingResponse response -> {
        core.handleStun(loop.now(), response, shell);
        timer.setDeadline(core.nextTimeout());
      }
      // Not an answer: somebody else's business, or nobody's.
      case StunDrop _ -> {}
    }
  }

  /// The relay of a region has sent a DERP frame.
  public void noteDerpFrame(int region) {
    core.noteDerpFrame(loop.now(), region);
  }

  private void startRound() {
    if (!running) {
      return;
    }
    if (pause != null) {
      pause.cancel(false);
    }
    round++;
    core.handleStop();
    List<DerpRegion> regions = measured();
    boolean literal =
        regions.stream()
            .flatMap(region -> region.nodes().stream())
            .allMatch(RelayAddresses::areLiteral);
    int thisRound = round;
    if (literal) {
      probe(thisRound, targets(regions, map.homeParams()));
    } else {
      DerpHomeParams params = map.homeParams();
      Thread.ofVirtual()
          .name("weft-netcheck-lookup")
          .start(() -> {
            List<ProbeRegion> found = targets(regions, params);
            loop.eventLoop().execute(() -> probe(thisRound, found));
          });
    }
  }

  /// dataplane.md §4.2: what must not be home is not measured either.
  private List<DerpRegion> measured() {
    return map.regions() == null
        ? List.of()
        : map.regions().values().stream().filter(region -> !region.noMeasureNoHome()).toList();
  }

  private void probe(int ofRound, List<ProbeRegion> targets) {
    if (running && ofRound == round) {
      boolean everything = fresh;
      fresh = false;
      core.handleStart(loop.now(), targets, everything, shell);
      timer.setDeadline(core.nextTimeout());
    }
  }

  private void onTimeout() {
    core.handleTimeout(loop.now(), shell);
    timer.setDeadline(core.nextTimeout());
  }

  private static List<ProbeRegion> targets(
      List<DerpRegion> regions, @Nullable DerpHomeParams params) {
    List<ProbeRegion> targets = new ArrayList<>();
    for (DerpRegion region : regions) {
      List<Endpoint> v4 = new ArrayList<>();
      List<Endpoint> v6 = new ArrayList<>();
      for (DerpNode node : region.nodes()) {
        for (Endpoint endpoint : stunEndpoints(node)) {
          (endpoint.ip().isV4() ? v4 : v6).add(endpoint);
        }
      }
      double score = params == null ? 0 : params.regionScore().getOrDefault(region.regionId(), 0.0);
      targets.add(
          new ProbeRegion(region.regionId(), v4, v6, score > 0 ? score : 1, !region.avoid()));
    }
    return targets;
  }

  private static List<Endpoint> stunEndpoints(DerpNode node) {
    int port = node.effectiveStunPort();
    if (port <= 0 || port > 0xffff) {
      return List.of();
    }
    Optional<Ip> forTests = Ip.tryParse(node.stunTestIp());
    List<Ip> addresses =
        forTests.isPresent() ? List.of(forTests.get()) : RelayAddresses.resolve(node);
    return addresses.stream().map(ip -> new Endpoint(ip, port)).toList();
  }

  /// Carries out what the core wants.
  private final class Shell implements Netcheck.Output {
    @Override
    public void probe(Endpoint to, byte[] request) {
      socket.accept(to, Segments.single(request, 0, request.length));
    }

    @Override
    public void measureHttps(int region) {
      int ofRound = round;
      DerpRegion wanted = map.regions() == null ? null : map.regions().get(region);
      Consumer<Optional<Long>> answer =
          nanos -> {
            if (ofRound == round) {
              core.handleHttps(loop.now(), region, nanos, shell);
              timer.setDeadline(core.nextTimeout());
            }
          };
      if (wanted == null) {
        loop.eventLoop().execute(() -> answer.accept(Optional.empty()));
      } else {
        LatencyCheck.measure(loop, wanted, uplink, answer);
      }
    }

    @Override
    public void report(NetReport report) {
      int seconds = LEAST_PAUSE_SECONDS + entropy.below(PAUSE_SPREAD_SECONDS);
      pause = loop.eventLoop().schedule(NetcheckLoop.this::startRound, seconds, TimeUnit.SECONDS);
      onReport.accept(report);
    }
  }
}

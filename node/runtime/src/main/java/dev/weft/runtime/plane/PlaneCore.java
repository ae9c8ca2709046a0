package dev.weft.runtime.plane;

import dev.weft.base.Datagrams;
import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.base.Segments;
import dev.weft.engine.EngineConfig;
import dev.weft.engine.EngineDrop;
import dev.weft.engine.Path;
import dev.weft.engine.PeerSnapshot;
import dev.weft.engine.PingKind;
import dev.weft.ipn.PingType;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.DiscoPrivateKey;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.netstack.channel.NetstackLoop;
import dev.weft.runtime.backend.DataPlane;
import dev.weft.runtime.backend.Endpoints;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.runtime.localapi.PacketSink;
import dev.weft.runtime.loop.MemoryExchange;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.runtime.loop.SendBuffer;
import dev.weft.runtime.loop.UdpCounters;
import dev.weft.runtime.loop.UdpSockets;
import dev.weft.runtime.netcheck.NetReport;
import dev.weft.runtime.netcheck.NetcheckLoop;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.ReportedEndpoint;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The parts of the data plane tied together. Lives on the node loop; what is read from elsewhere
/// is a snapshot.
final class PlaneCore implements Engine.Surroundings {
  private static final long ACTIVE_NANOS = Duration.ofMinutes(2).toNanos();
  private static final long CLOCK_SECONDS = 60;

  private final NodeLoop loop;
  private final NodePlane.Settings settings;
  private final DataPlane.Listener listener;
  private final DiscoPrivateKey disco;
  private final UdpSockets sockets;
  private final NetstackLoop stack;
  private final NetcheckLoop netcheck;
  private final HomeRelay home;
  private final PathCounters paths = new PathCounters();
  private PacketSink[] sinks = {}; // of captures; replaced, never changed
  private @Nullable Engine engine;
  private Collection<Ip> localAddresses;
  private boolean netcheckRuns;
  private boolean wasLive;
  private volatile Optional<NetReport> report = Optional.empty();
  private volatile List<ReportedEndpoint> endpoints = List.of();

  /// On the loop.
  PlaneCore(
      NodeLoop loop,
      NodePlane.Settings settings,
      UdpSockets sockets,
      NetstackLoop stack,
      Collection<Ip> localAddresses,
      DataPlane.Listener listener) {
    this.loop = loop;
    this.settings = settings;
    this.listener = listener;
    this.sockets = sockets;
    this.stack = stack;
    this.localAddresses = localAddresses;
    this.disco = DiscoPrivateKey.generate(settings.entropy());
    this.netcheck =
        new NetcheckLoop(
            loop, settings.entropy(), settings.uplink(), sockets::send, this::onReport);
    this.home = new HomeRelay(listener);
    this.endpoints = findEndpoints();
    loop.eventLoop()
        .scheduleWithFixedDelay(this::tellTime, CLOCK_SECONDS, CLOCK_SECONDS, TimeUnit.SECONDS);
  }

  DiscoKey discoKey() {
    return disco.publicKey();
  }

  List<ReportedEndpoint> endpoints() {
    return endpoints;
  }

  Optional<NetReport> netReport() {
    return report;
  }

  void run(NodePrivateKey key, NetworkMap map, EngineConfig config) {
    Engine running = engine;
    if (running == null || !running.key().publicKey().equals(key.publicKey())) {
      if (running != null) {
        running.close();
      }
      running = new Engine(loop, key, disco, settings, paths, this);
      engine = running;
      wasLive = false;
      tapDisco();
    }
    stack.setAddresses(map.self().addresses().stream().map(IpPrefix::address).toList());
    DerpMap relays = map.derpMap();
    DerpMap known = relays == null ? DerpMap.builder().regions(new TreeMap<>()).build() : relays;
    running.configure(config, known);
    running.setOwnEndpoints(addresses(endpoints));
    netcheck.useMap(known);
    if (!netcheckRuns) {
      netcheckRuns = true;
      netcheck.start();
    } else {
      report.ifPresent(this::useHome);
    }
    listener.onConnectivity(running.isLive());
  }

  void halt() {
    if (engine != null) {
      engine.close();
      engine = null;
    }
    if (netcheckRuns) {
      netcheckRuns = false;
      netcheck.stop();
    }
    home.forget();
    wasLive = false;
    stack.setAddresses(List.of());
  }

  void close() {
    halt();
    sockets.close();
  }

  // Bytes.

  void handleDatagrams(Endpoint from, Datagrams datagrams) {
    if (engine != null) {
      engine.handleDatagrams(new Path.Udp(from), datagrams);
    }
  }

  void handlePackets(long now, Segments ipPackets) {
    if (sinks.length != 0) {
      show(PacketSink.Way.FROM_LOCAL, ipPackets);
    }
    if (engine != null) {
      engine.handlePackets(now, ipPackets);
    }
  }

  @Override
  public void sendUdp(Endpoint to, Segments datagrams) {
    sockets.send(to, datagrams);
  }

  @Override
  public void sendUdp(Endpoint to, SendBuffer buffer, Datagrams datagrams) {
    sockets.send(to, buffer, datagrams);
  }

  @Override
  public void deliver(Segments ipPackets) {
    if (sinks.length != 0) {
      show(PacketSink.Way.FROM_PEER, ipPackets);
    }
    stack.handlePackets(ipPackets);
  }

  @Override
  public boolean exchange(byte[] used, byte[] spare) {
    return stack.exchange(used, spare);
  }

  @Override
  public MemoryExchange received() {
    return sockets;
  }

  @Override
  public void handleStun(Endpoint from, byte[] array, int offset, int length) {
    netcheck.handleStun(from, array, offset, length);
  }

  void capture(PacketSink sink) {
    sinks = Arrays.copyOf(sinks, sinks.length + 1);
    sinks[sinks.length - 1] = sink;
    tapDisco();
  }

  void endCapture(PacketSink sink) {
    sinks = Arrays.stream(sinks).filter(each -> !each.equals(sink)).toArray(PacketSink[]::new);
    tapDisco();
  }

  private void tapDisco() {
    if (engine != null) {
      engine.core().tapDisco(sinks.length == 0 ? null : this::showDisco);
    }
  }

  private void showDisco(Path from, byte[] message) {
    byte[] frame = DiscoFrame.encode(from, message);
    show(PacketSink.Way.DISCO, Segments.single(frame, 0, frame.length));
  }

  private void show(PacketSink.Way way, Segments ipPackets) {
    for (PacketSink sink : sinks) {
      sink.on(way, ipPackets);
    }
  }

  // What is noticed.

  /// A report each 20 to 26 s keeps what STUN saw fresh; what is known now is as good as a new
  /// look.
  @Override
  public void needEndpoints() {
    loop.eventLoop().execute(() -> tellEndpoints(findEndpoints()));
  }

  @Override
  public void connectionRejected(Endpoint local, Endpoint remote) {
    stack.reject(local, remote);
  }

  @Override
  public void noteDerpFrame(int region) {
    netcheck.noteDerpFrame(region);
  }

  @Override
  public void connectivityChanged() {
    boolean live = engine != null && engine.isLive();
    if (live != wasLive) {
      wasLive = live;
      listener.onConnectivity(live);
    }
  }

  @Override
  public void relayChanged(int region, String problem) {
    home.relayChanged(region, problem);
  }

  @Override
  public void relaySays(int region, String notice) {
    home.relaySays(region, notice);
  }

  private void onReport(NetReport latest) {
    boolean changed = !Optional.of(latest).equals(report);
    report = Optional.of(latest);
    useHome(latest);
    boolean moved = tellEndpoints(findEndpoints());
    if (changed && !moved) {
      listener.onReport();
    }
  }

  private void useHome(NetReport latest) {
    if (engine != null && latest.preferredRegion() != 0) {
      home.choose(latest.preferredRegion(), engine.isConnected(latest.preferredRegion()));
      engine.home(latest.preferredRegion());
    }
  }

  /// The machine's addresses are others than before.
  void addressesChanged(Collection<Ip> now) {
    localAddresses = now;
    linkChanged();
  }

  void linkChanged() {
    tellEndpoints(findEndpoints());
    if (engine != null) {
      engine.linkChanged();
    }
    if (netcheckRuns) {
      netcheck.rebind();
    }
    listener.onLinkChanged();
  }

  private void tellTime() {
    if (engine != null) {
      engine.clockChanged();
    }
  }

  private List<ReportedEndpoint> findEndpoints() {
    return Endpoints.of(
        report, localAddresses, sockets.port4(), sockets.port6(), settings.port() != 0);
  }

  /// Answers whether they are others than before.
  private boolean tellEndpoints(List<ReportedEndpoint> found) {
    boolean changed = !found.equals(endpoints);
    endpoints = found;
    if (engine != null) {
      engine.setOwnEndpoints(addresses(found));
    }
    if (changed) {
      listener.onReport();
    }
    return changed;
  }

  private static List<Endpoint> addresses(List<ReportedEndpoint> endpoints) {
    return endpoints.stream().map(ReportedEndpoint::endpoint).toList();
  }

  // What is asked.

  void ping(Ip address, PingType type, int size, CompletableFuture<DataPlane.Pong> pong) {
    if (engine == null) {
      pong.completeExceptionally(new IOException("not connected"));
      return;
    }
    switch (type) {
      case DISCO -> engine.ping(address, PingKind.DISCO, size, pong);
      case TSMP -> engine.ping(address, PingKind.TSMP, 0, pong);
      case ICMP -> engine.ping(address, PingKind.ICMP, 0, pong);
      case PEERAPI ->
          pong.completeExceptionally(
              new IOException("this version of Weft does not ping by PeerAPI"));
    }
  }

  DataPlane.Traffic traffic() {
    if (engine == null) {
      return DataPlane.Traffic.NONE;
    }
    long now = loop.now();
    Instant wallNow = Instant.now();
    Map<NodeKey, DataPlane.Peer> peers = new HashMap<>();
    for (PeerSnapshot peer : engine.snapshots()) {
      boolean active = peer.lastSend() >= 0 && now - peer.lastSend() < ACTIVE_NANOS;
      peers.put(
          peer.key(),
          new DataPlane.Peer(
              peer.direct(),
              peer.rxBytes(),
              peer.txBytes(),
              wallTime(peer.lastHandshake(), now, wallNow),
              wallTime(peer.lastSend(), now, wallNow),
              active));
    }
    return new DataPlane.Traffic(
        report.map(NetReport::preferredRegion).orElse(0),
        engine.liveRelays(),
        peers,
        counters(engine),
        paths.values());
  }

  private static @Nullable Instant wallTime(long at, long now, Instant wallNow) {
    return at < 0 ? null : wallNow.minusNanos(now - at);
  }

  private Map<String, Long> counters(Engine running) {
    UdpCounters udp = sockets.counters();
    Map<String, Long> counters = new TreeMap<>();
    counters.put("udp_received_datagrams", udp.receivedDatagrams());
    counters.put("udp_received_batches", udp.receivedBatches());
    counters.put("udp_sent_datagrams", udp.sentDatagrams());
    counters.put("udp_send_buffer_full", udp.sendBufferFull());
    counters.put("udp_send_failed", udp.sendFailed());
    counters.put("loop_refused_commands", loop.refusedCommands());
    counters.put("engine_drops", running.core().drops().total());
    counters.put("filter_drops", running.core().drops().count(EngineDrop.REFUSED_IN));
    counters.put("wireguard_drops", running.core().wireGuardDrops().total());
    counters.put("disco_drops", running.core().discoDrops());
    return counters;
  }
}

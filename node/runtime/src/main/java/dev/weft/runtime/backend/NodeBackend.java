package dev.weft.runtime.backend;

import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Options;
import dev.weft.ipn.PingResult;
import dev.weft.ipn.PingType;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.State;
import dev.weft.ipn.Status;
import dev.weft.ipn.WatchOption;
import dev.weft.ipn.WhoIsResponse;
import dev.weft.ipn.serve.ServeConfig;
import dev.weft.json.Json;
import dev.weft.json.RawJson;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.runtime.localapi.BackendException;
import dev.weft.runtime.localapi.LocalBackend;
import dev.weft.runtime.localapi.LocalDns;
import dev.weft.runtime.localapi.LocalProfiles;
import dev.weft.runtime.localapi.PacketSink;
import dev.weft.runtime.service.NodeTailnet;
import dev.weft.runtime.service.ServeSettings;
import dev.weft.runtime.service.TailnetView;
import dev.weft.runtime.state.StateException;
import dev.weft.runtime.state.StateStore;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DerpRegion;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.QueryFeatureRequest;
import dev.weft.tailcfg.QueryFeatureResponse;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The backend of a running node. Thread-safe.
///
/// Everything that happens is handed to [BackendCore] under one lock, and what the core wants done
/// is done under it, so that control, the data plane and the watchers see changes in one order.
/// What is read often ([#status], [#prefs], names) is read from snapshots without the lock.
public final class NodeBackend implements LocalBackend {
  private static final Logger LOG = LoggerFactory.getLogger(NodeBackend.class);
  private static final long PING_SECONDS = 5;
  private static final int MAX_CAPTURES = 4;

  /// What the backend works with.
  ///
  /// @param authKey used when the node has no key yet; or empty
  /// @param timer runs something at a time, off the caller's thread
  /// @param onShutdown ends the daemon
  public record Parts(
      String version,
      StateStore store,
      StoredIdentity identity,
      ServeSettings serve,
      ControlLink.Opener control,
      Entropy entropy,
      InstantSource clock,
      Timer timer,
      String authKey,
      Runnable onShutdown) {
    @Override
    public String toString() {
      return "Parts[" + version + "]"; // the auth key is a secret
    }
  }

  /// Runs something once, at a time.
  @FunctionalInterface
  public interface Timer {
    /// @return cancels it
    Runnable at(Instant when, Runnable action);
  }

  private final Parts parts;
  private final BackendShell shell;
  private final LocalDns dns;
  private final LocalProfiles profiles;
  private final AtomicInteger captures = new AtomicInteger();
  private @Nullable DataPlane plane; // set once, before begin
  private @Nullable NodeTailnet tailnet; // likewise

  /// Reads what was stored.
  public NodeBackend(Parts parts) throws StateException {
    this.parts = parts;
    this.shell = new BackendShell(parts, () -> status(true));
    this.profiles = new Profiles(shell);
    this.dns =
        new NameResolver(
            this::directory,
            () -> prefs().corpDns(),
            new UdpUpstream(parts.entropy()),
            parts.entropy());
  }

  /// Starts working, with the data plane to drive.
  public void begin(DataPlane dataPlane, NodeTailnet nodeTailnet) {
    plane = dataPlane;
    tailnet = nodeTailnet;
    shell.begin(dataPlane);
  }

  /// Ends the session with control; the node stays logged in.
  public void close() {
    shell.close();
  }

  /// The names and addresses of the present network map.
  public Directory directory() {
    return shell.snapshot().directory();
  }

  /// The present network map's names and addresses, whichever it is when asked.
  public TailnetView view() {
    return new LiveView(this::directory);
  }

  /// What the data plane tells.
  public DataPlane.Listener planeListener() {
    return shell.new PlaneEvents();
  }

  // What the LocalAPI asks.

  @Override
  public String version() {
    return parts.version();
  }

  @Override
  public Status status(boolean withPeers) {
    BackendShell.Snapshot now = shell.snapshot();
    DataPlane known = plane;
    DataPlane.Traffic traffic = DataPlane.Traffic.NONE;
    try {
      traffic = known == null ? traffic : known.traffic();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return StatusView.draw(
        new StatusView.Moment(
            parts.version(),
            now.state(),
            now.haveNodeKey(),
            now.authUrl(),
            now.health(),
            now.directory(),
            Reports.hostname(now.prefs()),
            known == null ? List.of() : known.endpoints(),
            known == null ? Optional.empty() : known.netReport(),
            traffic),
        withPeers);
  }

  @Override
  public Prefs prefs() {
    return shell.snapshot().prefs();
  }

  @Override
  public void checkPrefs(Prefs prefs) throws BackendException {
    PrefsCheck.check(prefs, parts.serve().config().isFunnelOn());
  }

  @Override
  public Prefs editPrefs(MaskedPrefs change) throws BackendException {
    return shell.edit(change, parts.serve().config().isFunnelOn());
  }

  @Override
  public void start(Options options) throws BackendException {
    Prefs given = options.updatePrefs();
    if (given != null) {
      checkPrefs(given);
    }
    shell.start(options);
  }

  @Override
  public void loginInteractive() throws BackendException {
    shell.loginInteractive();
  }

  @Override
  public void logout() throws BackendException {
    shell.logout();
  }

  @Override
  public Watch watch(Set<WatchOption> options, Watcher watcher) {
    return shell.bus().watch(options, watcher, this::endSession);
  }

  private void endSession(String session) {
    try {
      parts.serve().endSession(session);
    } catch (StateException e) {
      LOG.error("{}", e.getMessage());
    }
  }

  @Override
  public Optional<WhoIsResponse> whois(Endpoint remote) {
    Directory names = directory();
    NodeTailnet known = tailnet;
    Ip address =
        known == null
            ? remote.ip()
            : Ip.of(known.peerBehind(remote.toSocketAddress()).getAddress());
    return names.nodeAt(address).map(node -> whois(names, node, address));
  }

  @Override
  public Optional<WhoIsResponse> whois(NodeKey key) {
    Directory names = directory();
    return names
        .nodeWith(key)
        .flatMap(
            node -> Directory.addressOf(node, true).map(address -> whois(names, node, address)));
  }

  private static WhoIsResponse whois(Directory names, Node node, Ip address) {
    SortedMap<String, List<RawJson>> capabilities =
        names
            .map()
            .map(map -> PeerCapabilities.of(map, address))
            .orElse(Collections.emptySortedMap());
    return new WhoIsResponse(
        ShownNames.addTo(node, names.suffix()), names.owner(node).orElse(null), capabilities);
  }

  @Override
  public PingResult ping(Ip address, PingType type, int size)
      throws BackendException, InterruptedException {
    Directory names = directory();
    Optional<Node> node = names.nodeAt(address);
    PingResult.Builder result = PingResult.builder().ip(address.toString());
    if (shell.snapshot().state() != State.RUNNING) {
      throw new BackendException("not running: the state is " + shell.snapshot().state());
    }
    if (node.isEmpty()) {
      return result.err("no matching peer").build();
    }
    result
        .nodeIp(address.toString())
        .nodeName(Directory.normalized(node.get().name()).split("\\.", 2)[0]);
    if (names.isSelf(node.get())) {
      return result.isLocalIp(true).err(address + " is local Tailscale IP").build();
    }
    DataPlane known = plane;
    if (known == null) {
      throw new BackendException("not running");
    }
    try {
      DataPlane.Pong pong = known.ping(address, type, size).get(PING_SECONDS, TimeUnit.SECONDS);
      Endpoint direct = pong.endpoint();
      return result
          .latencySeconds(pong.latencyNanos() / 1e9)
          .endpoint(direct == null ? "" : direct.toString())
          .derpRegionId(pong.derpRegion())
          .derpRegionCode(regionCode(pong.derpRegion()))
          .peerApiPort(pong.peerApiPort())
          .build();
    } catch (TimeoutException _) {
      throw new BackendException("timeout");
    } catch (ExecutionException e) {
      throw new BackendException(
          String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
    }
  }

  private String regionCode(int region) {
    Map<Integer, DerpRegion> regions =
        derpMap().map(DerpMap::regions).orElse(Collections.emptySortedMap());
    DerpRegion known = regions.get(region);
    return known == null ? "" : known.regionCode();
  }

  @Override
  public Optional<DerpMap> derpMap() {
    return directory().map().map(NetworkMap::derpMap);
  }

  @Override
  public String serveConfig() {
    return parts.serve().json();
  }

  @Override
  public boolean replaceServeConfig(String expected, String json) throws BackendException {
    try {
      ServeConfig next = ServeConfig.decode(json);
      boolean shieldsUp = prefs().shieldsUp();
      return switch (parts.serve().replace(expected, next, shell.bus()::isWatching, shieldsUp)) {
        case ServeSettings.Outcome.Changed changed -> {
          shell.report();
          changed.endedSessions().forEach(shell.bus()::end);
          yield true;
        }
        case ServeSettings.Outcome.Stale _ -> false;
        case ServeSettings.Outcome.Refused refused -> throw new BackendException(refused.why());
      };
    } catch (IOException e) {
      shell.refresh();
      throw new BackendException(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public QueryFeatureResponse queryFeature(String feature) throws BackendException {
    Optional<ControlLink> session = shell.control();
    Optional<NodePrivateKey> key = parts.identity().nodeKey();
    if (session.isEmpty() || key.isEmpty()) {
      throw new BackendException("not logged in");
    }
    try {
      byte[] body =
          Json.encode(
              QueryFeatureRequest.JSON,
              QueryFeatureRequest.builder()
                  .feature(feature)
                  .nodeKey(key.get().publicKey())
                  .build());
      return Json.decode(
          QueryFeatureResponse.JSON, session.get().request("POST", "/machine/feature/query", body));
    } catch (IOException e) {
      throw new BackendException("control does not answer: " + e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new BackendException("interrupted");
    }
  }

  @Override
  public Optional<Endpoint> outsideTailnet(String host, int port) throws UnknownHostException {
    NodeTailnet known = tailnet;
    if (known != null && known.tailnetAddress(host).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(new Endpoint(Ip.of(InetAddress.getAllByName(host)[0]), port));
  }

  @Override
  public Future<Channel> dial(String host, int port, ChannelHandler handler) {
    NodeTailnet known = tailnet;
    if (known == null) {
      throw new IllegalStateException("the node has not begun");
    }
    return known.dial(host, port, handler);
  }

  @Override
  public String userMetrics() {
    DataPlane known = plane;
    try {
      return known == null ? "" : Metrics.text(known.traffic(), shell.snapshot());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  @Override
  public LocalDns dns() {
    return dns;
  }

  @Override
  public LocalProfiles profiles() {
    return profiles;
  }

  @Override
  public Optional<RawJson> networkMap() {
    return directory().map().map(MapJson::of);
  }

  @Override
  public Capture capture(PacketSink sink) throws BackendException {
    DataPlane known = plane;
    if (known == null) {
      throw new BackendException("not running");
    }
    if (captures.incrementAndGet() > MAX_CAPTURES) {
      captures.decrementAndGet();
      throw new BackendException("packets are being captured already, by " + MAX_CAPTURES);
    }
    AtomicBoolean open = new AtomicBoolean(true);
    return new Capture() {
      @Override
      public void start() {
        known.capture(sink);
      }

      @Override
      public void close() {
        if (open.compareAndSet(true, false)) {
          known.endCapture(sink);
          captures.decrementAndGet();
        }
      }
    };
  }

  @Override
  public void shutdown() {
    parts.onShutdown().run();
  }
}

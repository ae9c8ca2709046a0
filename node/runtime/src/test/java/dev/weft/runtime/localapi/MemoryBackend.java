package dev.weft.runtime.localapi;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.dns.DnsQuestion;
import dev.weft.dns.DnsReply;
import dev.weft.ipn.HealthState;
import dev.weft.ipn.LoginProfile;
import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Notify;
import dev.weft.ipn.Options;
import dev.weft.ipn.PeerStatus;
import dev.weft.ipn.Persist;
import dev.weft.ipn.PingResult;
import dev.weft.ipn.PingType;
import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.State;
import dev.weft.ipn.Status;
import dev.weft.ipn.TailnetStatus;
import dev.weft.ipn.WatchOption;
import dev.weft.ipn.WhoIsResponse;
import dev.weft.json.RawJson;
import dev.weft.keys.NodeKey;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DnsConfig;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.QueryFeatureResponse;
import dev.weft.tailcfg.UserProfile;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A node without a network: it logs in with the key `good-key`, and its tailnet has one other
/// node, `b`.
final class MemoryBackend implements LocalBackend, NotifyBus.Present {
  static final String GOOD_KEY = "good-key";
  static final Ip SELF_IP = Ip.parse("100.64.0.1");
  static final Ip PEER_IP = Ip.parse("100.64.0.2");
  static final NodeKey PEER_KEY = NodeKey.parse("nodekey:" + "2".repeat(64));
  private static final NodeKey SELF_KEY = NodeKey.parse("nodekey:" + "1".repeat(64));
  private static final UserProfile USER =
      UserProfile.builder().id(1).loginName("lab@example.com").displayName("Lab").build();

  final CountDownLatch shutDown = new CountDownLatch(1);
  final CountDownLatch pingStarted = new CountDownLatch(1);
  final CountDownLatch pingInterrupted = new CountDownLatch(1);
  final NotifyBus bus;
  private final AtomicReference<String> serveConfig = new AtomicReference<>("null");
  private volatile Prefs prefs = Prefs.defaults().with(Pref.LOGGED_OUT, true);
  private volatile State state = State.NEEDS_LOGIN;
  private volatile String authUrl = "";

  MemoryBackend() {
    Random random = new Random(1);
    bus = new NotifyBus(version(), random::nextBytes, this);
  }

  void logIn() {
    prefs =
        prefs
            .with(Pref.WANT_RUNNING, true)
            .with(Pref.LOGGED_OUT, false)
            .withPersist(new Persist(USER, "n1"));
    authUrl = "";
    become(State.RUNNING);
  }

  private void become(State next) {
    state = next;
    bus.publish(Notify.builder().state(next));
  }

  @Override
  public String version() {
    return "0.1.0-test";
  }

  @Override
  public Status status(boolean withPeers) {
    boolean in = prefs.persist() != null;
    Status.Builder status =
        Status.builder()
            .version(version())
            .backendState(state)
            .haveNodeKey(in)
            .authUrl(authUrl)
            .self(in ? self() : PeerStatus.builder().hostName("vm").os("linux").build());
    if (in) {
      status
          .tailscaleIps(List.of(SELF_IP, Ip.parse("fd7a:115c:a1e0::1")))
          .magicDnsSuffix("lab.net")
          .currentTailnet(new TailnetStatus("lab", "lab.net", true))
          .users(new TreeMap<>(java.util.Map.of(1L, USER)))
          .peers(withPeers ? List.of(peer()) : List.of());
    }
    return status.build();
  }

  private PeerStatus self() {
    return node("1", SELF_KEY, "a", SELF_IP).online(state == State.RUNNING).build();
  }

  private static PeerStatus peer() {
    return node("2", PEER_KEY, "b", PEER_IP)
        .tailscaleIps(List.of(PEER_IP, Ip.parse("fd7a:115c:a1e0::2")))
        .curAddr("203.0.113.102:41641")
        .relay("lab")
        .rxBytes(716)
        .txBytes(988)
        .active(true)
        .online(true)
        .lastHandshake(Instant.parse("2026-11-24T07:35:44Z"))
        .build();
  }

  private static PeerStatus.Builder node(String id, NodeKey key, String name, Ip ip) {
    return PeerStatus.builder()
        .id(id)
        .nodeId(Long.parseLong(id))
        .publicKey(key)
        .hostName(name)
        .dnsName(name + ".lab.net.")
        .os("linux")
        .userId(1)
        .tailscaleIps(List.of(ip))
        .inNetworkMap(true);
  }

  @Override
  public Prefs prefs() {
    return prefs;
  }

  @Override
  public void checkPrefs(Prefs next) throws BackendException {
    if (next.runSsh()) {
      throw new BackendException("this node has no SSH server");
    }
  }

  @Override
  public Prefs editPrefs(MaskedPrefs change) throws BackendException {
    Prefs next = change.applyTo(prefs);
    checkPrefs(next);
    prefs = next;
    bus.publish(Notify.builder().prefs(next));
    if (change.changes(Pref.WANT_RUNNING) && next.persist() != null) {
      become(next.wantRunning() ? State.RUNNING : State.STOPPED);
    }
    return next;
  }

  @Override
  public void start(Options options) {
    @Nullable Prefs next = options.updatePrefs();
    if (next != null) {
      prefs = next.withPersist(prefs.persist());
    }
    if (options.authKey().equals(GOOD_KEY)) {
      logIn();
    } else if (!options.authKey().isEmpty()) {
      bus.publish(
          Notify.builder().errMessage("invalid auth key: it is unknown to the control server"));
    } else if (prefs.persist() != null) {
      become(prefs.wantRunning() ? State.RUNNING : State.STOPPED);
    }
  }

  @Override
  public void loginInteractive() {
    if (state == State.RUNNING) {
      return;
    }
    authUrl = "http://control.test/register/1";
    bus.publish(Notify.builder().browseToUrl(authUrl));
  }

  @Override
  public void logout() {
    prefs = prefs.with(Pref.LOGGED_OUT, true).with(Pref.WANT_RUNNING, false).withPersist(null);
    become(State.NEEDS_LOGIN);
  }

  @Override
  public Watch watch(Set<WatchOption> options, Watcher watcher) {
    return bus.watch(options, watcher, _ -> {});
  }

  @Override
  public Optional<WhoIsResponse> whois(Endpoint remote) {
    return remote.ip().equals(PEER_IP) ? whois(PEER_KEY) : Optional.empty();
  }

  @Override
  public Optional<WhoIsResponse> whois(NodeKey key) {
    if (!key.equals(PEER_KEY)) {
      return Optional.empty();
    }
    Node node =
        Node.builder()
            .id(2)
            .stableId("n2")
            .name("b.lab.net.")
            .user(1)
            .key(PEER_KEY)
            .addresses(List.of(IpPrefix.parse("100.64.0.2/32")))
            .build();
    return Optional.of(new WhoIsResponse(node, USER, Collections.emptySortedMap()));
  }

  @Override
  public PingResult ping(Ip address, PingType type, int size)
      throws BackendException, InterruptedException {
    PingResult.Builder result = PingResult.builder().ip(address.toString());
    if (address.equals(SELF_IP)) {
      return result.err("100.64.0.1 is local Tailscale IP").isLocalIp(true).build();
    }
    if (type == PingType.ICMP) {
      pingStarted.countDown();
      try {
        new CountDownLatch(1).await(); // no answer, ever
      } catch (InterruptedException e) {
        pingInterrupted.countDown();
        throw e;
      }
    }
    if (!address.equals(PEER_IP)) {
      return result.err("no matching peer").build();
    }
    return result
        .nodeIp(PEER_IP.toString())
        .nodeName("b")
        .latencySeconds(0.0123)
        .endpoint("203.0.113.102:41641")
        .build();
  }

  @Override
  public Optional<DerpMap> derpMap() {
    return Optional.empty();
  }

  @Override
  public String serveConfig() {
    return serveConfig.get();
  }

  @Override
  public boolean replaceServeConfig(String expected, String json) {
    String current = serveConfig.get();
    return current.equals(expected) && serveConfig.compareAndSet(current, json);
  }

  @Override
  public QueryFeatureResponse queryFeature(String feature) {
    return QueryFeatureResponse.builder().complete(true).build();
  }

  @Override
  public Optional<Endpoint> outsideTailnet(String host, int port) throws UnknownHostException {
    if (host.equals("nosuch")) {
      throw new UnknownHostException("no such host: nosuch");
    }
    return host.equals("b") ? Optional.empty() : Optional.of(new Endpoint(Ip.parse(host), port));
  }

  private @Nullable Dialler dialler;

  interface Dialler {
    Future<Channel> dial(String host, int port, ChannelHandler handler);
  }

  void dialWith(Dialler newDialler) {
    dialler = newDialler;
  }

  @Override
  public Future<Channel> dial(String host, int port, ChannelHandler handler) {
    return dialler.dial(host, port, handler);
  }

  @Override
  public String userMetrics() {
    return "# TYPE tailscaled_health_messages gauge\ntailscaled_health_messages{type=\"warning\"} 0\n";
  }

  @Override
  public LocalDns dns() {
    return new LocalDns() {
      @Override
      public Optional<DnsConfig> config() {
        return prefs.persist() == null
            ? Optional.empty()
            : Optional.of(DnsConfig.builder().domains(List.of("lab.net")).proxied(true).build());
      }

      @Override
      public SystemConfig systemConfig() {
        return new SystemConfig(List.of("192.0.2.53"), List.of("example.com"));
      }

      @Override
      public Result query(DnsQuestion question) throws BackendException {
        if (!question.name().equals("b.")) {
          throw new BackendException("the resolver 192.0.2.53 does not answer");
        }
        return new Result(Bytes.of(DnsReply.encode(1, question, List.of(PEER_IP))), List.of());
      }
    };
  }

  @Override
  public LocalProfiles profiles() {
    return new LocalProfiles() {
      @Override
      public List<LoginProfile> all() {
        return prefs.persist() == null ? List.of() : List.of(current());
      }

      @Override
      public LoginProfile current() {
        boolean in = prefs.persist() != null;
        return new LoginProfile(
            in ? "5a0c" : "",
            in ? USER.loginName() : "",
            new LoginProfile.NetworkProfile("lab.net", "lab", ""),
            in ? "profile-5a0c" : "",
            USER,
            "n1",
            prefs.controlUrl(),
            Instant.EPOCH);
      }

      @Override
      public void begin() {
        logout();
      }

      @Override
      public void use(String id) throws BackendException {
        if (!id.equals(current().id())) {
          throw new BackendException("profile not found");
        }
      }

      @Override
      public void delete(String id) throws BackendException {
        use(id);
        logout();
      }
    };
  }

  @Override
  public Optional<RawJson> networkMap() {
    return prefs.persist() == null
        ? Optional.empty()
        : Optional.of(new RawJson("{\"Domain\":\"lab\"}"));
  }

  /// What a started capture shows is up to the test.
  final AtomicReference<@Nullable PacketSink> captured = new AtomicReference<>();

  @Override
  public Capture capture(PacketSink sink) {
    return new Capture() {
      @Override
      public void start() {
        captured.set(sink);
      }

      @Override
      public void close() {
        captured.set(null);
      }
    };
  }

  @Override
  public void shutdown() {
    shutDown.countDown();
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public String authUrl() {
    return authUrl;
  }

  @Override
  public HealthState health() {
    return new HealthState(Collections.emptySortedMap());
  }

  @Override
  public Status status() {
    return status(true);
  }

  @Override
  public @Nullable RawJson netMap() {
    return networkMap().orElse(null);
  }
}

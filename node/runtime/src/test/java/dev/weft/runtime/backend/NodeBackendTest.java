package dev.weft.runtime.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.ipn.LoginProfile;
import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Notify;
import dev.weft.ipn.Options;
import dev.weft.ipn.PeerStatus;
import dev.weft.ipn.PingResult;
import dev.weft.ipn.PingType;
import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.State;
import dev.weft.ipn.Status;
import dev.weft.ipn.WatchOption;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.DiscoPrivateKey;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.runtime.control.ControlEvents;
import dev.weft.runtime.control.ControlProblem;
import dev.weft.runtime.control.LoginRequest;
import dev.weft.runtime.control.LoginState;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.runtime.control.NodeReport;
import dev.weft.runtime.localapi.BackendException;
import dev.weft.runtime.localapi.LocalBackend;
import dev.weft.runtime.localapi.PacketSink;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.runtime.netcheck.NetReport;
import dev.weft.runtime.service.ServeSettings;
import dev.weft.runtime.service.ServiceHost;
import dev.weft.runtime.service.TailnetStack;
import dev.weft.runtime.state.StateStore;
import dev.weft.tailcfg.Login;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.ReportedEndpoint;
import dev.weft.tailcfg.User;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The whole backend, with a control session and a data plane that only write down what they are
/// told.
@Timeout(30)
class NodeBackendTest {
  private static final Entropy ENTROPY = new Random(3)::nextBytes;
  private static final Prefs UP =
      Prefs.defaults()
          .with(Pref.CONTROL_URL, "https://control.example.com")
          .with(Pref.WANT_RUNNING, true);
  private static final Node SELF = withCache(Maps.node(1, "laptop")).build();
  private static final Node WEB = Maps.node(2, "web").build();

  @TempDir Path folder;
  private final NodeLoop loop = new NodeLoop();
  private final FakeControl control = new FakeControl();
  private final FakePlane plane = new FakePlane();
  private final Queue<Runnable> soon = new ArrayDeque<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private StateStore store;
  private NodeBackend backend;

  @BeforeEach
  void start() throws IOException {
    store = StateStore.openFolder(folder);
    backend = newBackend();
  }

  @AfterEach
  void stop() throws IOException {
    backend.close();
    store.close();
    loop.close();
  }

  @Test
  void aNodeComesUpIsShownAndComesDown() throws Exception {
    comeUp();
    Status status = backend.status(true);
    assertEquals(State.RUNNING, status.backendState());
    assertEquals(
        List.of(Ip.parse("100.64.0.1"), Ip.parse("fd7a:115c:a1e0::1")), status.tailscaleIps());
    assertEquals("home.weft", status.magicDnsSuffix());
    PeerStatus web = status.peers().getFirst();
    assertEquals("web.home.weft.", web.dnsName());
    assertEquals("192.0.2.2:41641", web.curAddr());
    assertTrue(web.active() && web.inEngine() && web.rxBytes() == 10 && web.txBytes() == 20);
    assertEquals(List.of(), status.health());

    backend.editPrefs(MaskedPrefs.NONE.with(Pref.WANT_RUNNING, false));
    assertEquals(State.STOPPED, backend.status(false).backendState());
    assertTrue(control.calls.contains("pause") && plane.calls.contains("halt"));
  }

  @Test
  void whatTheDiskDoesNotTakeIsSaidInEffectAndSavedWhenItCanBe() throws Exception {
    comeUp();
    Path inTheWay = folder.resolve("weft.state.tmp").resolve("x");
    Files.createDirectories(inTheWay);
    BackendException e =
        assertThrows(
            BackendException.class,
            () -> backend.editPrefs(MaskedPrefs.NONE.with(Pref.HOSTNAME, "beta")));
    assertTrue(e.getMessage().contains("not saved"), e::getMessage);
    assertEquals("beta", backend.prefs().hostname());
    assertEquals(State.RUNNING, backend.status(false).backendState());
    assertTrue(backend.status(false).health().getFirst().contains("weft.state"));
    assertTrue(!store.read("Prefs").orElseThrow().contains("beta"));

    runTimers();
    assertEquals(1, backend.status(false).health().size(), "still not");
    Files.delete(inTheWay);
    Files.delete(inTheWay.getParent());
    runTimers();
    assertEquals(List.of(), backend.status(false).health());
    assertTrue(store.read("Prefs").orElseThrow().contains("beta"));
  }

  @Test
  void whatIsServedIsWhatARestartWouldServe() throws Exception {
    comeUp();
    Path inTheWay = folder.resolve("weft.state.tmp").resolve("x");
    Files.createDirectories(inTheWay);
    String served = "{\"TCP\":{\"80\":{\"HTTP\":true}}}";
    assertThrows(BackendException.class, () -> backend.replaceServeConfig("null", served));
    assertEquals("null", backend.serveConfig());
    Files.delete(inTheWay);
    Files.delete(inTheWay.getParent());
    assertTrue(backend.replaceServeConfig("null", served));
  }

  @Test
  void aWatcherHearsEveryStepInOrder() throws Exception {
    List<String> heard = new ArrayList<>();
    LocalBackend.Watch watch = backend.watch(Set.of(WatchOption.INITIAL_STATE), watcher(heard));
    comeUp();
    assertEquals(List.of("NeedsLogin", "Starting", "login finished", "Running"), heard);
    watch.close();
  }

  /// Anybody on the machine may watch; the rest of the map is for those who may change the node.
  @Test
  void aWatcherSeesOfTheMapWhatNamesNeed() throws Exception {
    comeUp();
    List<Notify> heard = new ArrayList<>();
    try (LocalBackend.Watch _ =
        backend.watch(
            Set.of(WatchOption.INITIAL_NET_MAP),
            new LocalBackend.Watcher() {
              @Override
              public void on(Notify event) {
                heard.add(event);
              }

              @Override
              public void ended() {}
            })) {
      String seen = heard.getFirst().netMap().text();
      assertTrue(seen.contains("\"SelfNode\""), seen);
      assertFalse(seen.contains("\"Peers\"") || seen.contains("\"PacketFilterRules\""), seen);
    }
    String whole = backend.networkMap().orElseThrow().text();
    assertTrue(whole.contains("\"Peers\"") && whole.contains("\"PacketFilterRules\""), whole);
  }

  @Test
  void aNodeKeepsSeveralLoginsAndChangesBetweenThem() throws Exception {
    comeUp();
    backend.replaceServeConfig("null", "{\"TCP\":{\"80\":{\"TCPForward\":\"127.0.0.1:80\"}}}");
    LoginProfile alice = backend.profiles().current();
    assertEquals("alice@home", alice.name());
    assertEquals("home.weft", alice.networkProfile().magicDnsName());
    StoredIdentity.Lease former = control.lease;

    backend.profiles().begin();
    assertEquals("", backend.profiles().current().id());
    assertEquals(State.NEEDS_LOGIN, backend.status(false).backendState());
    assertEquals("null", backend.serveConfig(), "a login has a serve configuration of its own");
    assertEquals(List.of(alice), backend.profiles().all());
    assertThrows(
        IOException.class,
        () -> former.saveNodeKey(NodePrivateKey.generate(ENTROPY), NodeKey.ZERO),
        "what is left of a session changes nothing in the place of the next");

    comeUp("bob@home", 2);
    LoginProfile bob = backend.profiles().current();
    assertEquals(List.of("alice@home", "bob@home"), names(backend.profiles().all()));

    backend.profiles().use(alice.id());
    assertEquals(alice, backend.profiles().current());
    assertEquals(State.STARTING, backend.status(false).backendState());
    assertTrue(backend.serveConfig().contains("127.0.0.1:80"));
    restart();
    assertEquals(alice, backend.profiles().current(), "also after a restart");
    assertEquals(List.of(alice, bob), backend.profiles().all());

    backend.profiles().delete(bob.id());
    assertEquals(List.of(alice), backend.profiles().all());
    assertThrows(BackendException.class, () -> backend.profiles().use(bob.id()));
  }

  @Test
  void aUserWhoLogsInAgainAtOneServerHasOneLogin() throws Exception {
    comeUp();
    String first = backend.profiles().current().id();
    backend.profiles().begin();
    comeUp();
    assertEquals(List.of("alice@home"), names(backend.profiles().all()));
    assertNotEquals(first, backend.profiles().current().id());
  }

  @Test
  void aLogoutForgetsTheLoginAndKeepsTheOthers() throws Exception {
    comeUp();
    backend.profiles().begin();
    comeUp("bob@home", 2);
    backend.logout();
    assertEquals(List.of("alice@home"), names(backend.profiles().all()));
    assertEquals("", backend.profiles().current().id());
  }

  @Test
  void aLoginIsCalledByItsNicknameOnceItHasOne() throws Exception {
    comeUp();
    backend.editPrefs(MaskedPrefs.NONE.with(Pref.PROFILE_NAME, "work"));
    assertEquals(List.of("work"), names(backend.profiles().all()));
  }

  @Test
  void aForegroundEntryOfAWatchThatHasEndedIsDropped() throws Exception {
    LocalBackend.Watch watch = backend.watch(Set.of(), watcher(new ArrayList<>()));
    watch.close();
    backend.replaceServeConfig(
        "null",
        "{\"Foreground\":{\"%s\":{\"TCP\":{\"80\":{\"TCPForward\":\"127.0.0.1:80\"}}}}}"
            .formatted(watch.sessionId()));
    assertEquals(false, backend.serveConfig().contains("127.0.0.1:80"));
  }

  private static List<String> names(List<LoginProfile> profiles) {
    return profiles.stream().map(LoginProfile::name).toList();
  }

  @Test
  void aRestartWithControlAwayRunsFromTheKeptMapAndSaysSinceWhen() throws Exception {
    comeUp();
    restart();
    control.events.onProblem(new ControlProblem("connection refused", now, false));
    backend.planeListener().onConnectivity(true);
    runSoon();
    Status status = backend.status(true);
    assertEquals(State.RUNNING, status.backendState());
    assertEquals(1, status.peers().size());
    assertEquals(
        List.of(
            "No contact with the control server since 2026-01-01T00:00:00Z: connection refused. Running with the network map kept from before"),
        status.health());
    control.events.onNetworkMap(Maps.map(SELF, WEB));
    control.events.onRecovered();
    assertEquals(List.of(), backend.status(true).health());
  }

  @Test
  void aTailnetThatForbidsItLeavesNoMapOnDisk() throws Exception {
    comeUp();
    control.events.onNetworkMap(Maps.map(Maps.node(1, "laptop").build(), WEB));
    assertTrue(store.readCache("weft.netmap").isEmpty());
  }

  @Test
  void aNodeKeyThatExpiresNeedsALoginAtThatMoment() throws Exception {
    comeUp();
    now = now.plusSeconds(10);
    control.events.onNetworkMap(
        Maps.map(withCache(Maps.node(1, "laptop")).keyExpiry(now.plusSeconds(60)).build(), WEB));
    assertTrue(
        backend
            .status(false)
            .health()
            .getFirst()
            .startsWith("The node key expires at 2026-01-01T00:01:10Z"));
    now = now.plusSeconds(60);
    runSoon();
    assertEquals(State.NEEDS_LOGIN, backend.status(false).backendState());
  }

  @Test
  void whoisKnowsPeersByAddressAndByKey() throws Exception {
    comeUp();
    Node web = backend.whois(Endpoint.parse("100.64.0.2:1234")).orElseThrow().node();
    assertEquals(WEB.key(), web.key());
    assertEquals("web", web.computedName());
    assertEquals("web", web.computedNameWithHost());
    assertEquals("alice@home", backend.whois(WEB.key()).orElseThrow().userProfile().loginName());
    assertTrue(backend.whois(Endpoint.parse("192.0.2.1:1")).isEmpty());
  }

  @Test
  void aPingTellsItsPath() throws Exception {
    comeUp();
    PingResult pong = backend.ping(Ip.parse("100.64.0.2"), PingType.DISCO, 0);
    assertEquals("web", pong.nodeName());
    assertEquals("192.0.2.2:41641", pong.endpoint());
    assertTrue(backend.ping(Ip.parse("100.64.0.1"), PingType.DISCO, 0).isLocalIp());
    assertEquals("no matching peer", backend.ping(Ip.parse("100.64.0.9"), PingType.DISCO, 0).err());
  }

  @Test
  void whatIsServedInTheForegroundEndsWithItsSession() throws Exception {
    comeUp();
    LocalBackend.Watch watch =
        backend.watch(Set.of(WatchOption.INITIAL_STATE), watcher(new ArrayList<>()));
    String json =
        "{\"Foreground\":{\"" + watch.sessionId() + "\":{\"TCP\":{\"80\":{\"HTTP\":true}}}}}";
    assertTrue(backend.replaceServeConfig("null", json));
    assertTrue(backend.serveConfig().contains("\"80\""));
    assertFalse(backend.replaceServeConfig("null", "{}"), "somebody else changed it meanwhile");
    watch.close();
    assertFalse(backend.serveConfig().contains("\"80\""));
  }

  @Test
  void aServeConfigSurvivesARestart() throws Exception {
    comeUp();
    assertTrue(backend.replaceServeConfig("null", "{\"TCP\":{\"80\":{\"HTTP\":true}}}"));
    restart();
    assertEquals("{\"TCP\":{\"80\":{\"HTTP\":true}}}", backend.serveConfig());
  }

  @Test
  void settingsThatWouldDoNothingAreRefused() {
    for (MaskedPrefs change :
        List.of(
            MaskedPrefs.NONE.with(Pref.RUN_SSH, true),
            MaskedPrefs.NONE.with(Pref.EXIT_NODE_IP, "100.64.0.2"),
            MaskedPrefs.NONE.with(Pref.CONTROL_URL, "ftp://x"),
            MaskedPrefs.NONE.with(Pref.ADVERTISE_TAGS, List.of("server")))) {
      assertThrows(BackendException.class, () -> backend.editPrefs(change), change::toString);
    }
  }

  @Test
  void aLogoutIsToldToControlAndForgotten() throws Exception {
    comeUp();
    backend.logout();
    assertTrue(control.calls.contains("logout"));
    assertEquals(State.NEEDS_LOGIN, backend.status(false).backendState());
    assertTrue(store.readCache("weft.netmap").isEmpty());
  }

  private static Node.Builder withCache(Node.Builder node) {
    TreeMap<String, List<dev.weft.json.RawJson>> caps = new TreeMap<>();
    caps.put("cache-network-maps", List.of());
    return node.capMap(caps);
  }

  private NodeBackend newBackend() throws IOException {
    StoredIdentity identity = StoredIdentity.open(store, ENTROPY);
    ServeSettings serve = new ServeSettings(loop, store);
    NodeBackend made =
        new NodeBackend(
            new NodeBackend.Parts(
                "test",
                store,
                identity,
                serve,
                (_, events) -> {
                  control.events = events;
                  control.lease = identity.lease();
                  return control;
                },
                ENTROPY,
                () -> now,
                (when, action) -> {
                  soon.add(action);
                  return () -> soon.remove(action);
                },
                "",
                () -> {}));
    ServiceHost host = new ServiceHost(loop, made.directory(), new NoStack(), serve);
    made.begin(plane, host.tailnet());
    return made;
  }

  private void restart() throws IOException {
    backend.close();
    store.close();
    store = StateStore.openFolder(folder);
    backend = newBackend();
  }

  private void comeUp() throws IOException {
    comeUp("alice@home", 1);
  }

  private void comeUp(String user, long userId) throws IOException {
    backend.start(new Options(UP, "key"));
    control.lease.saveNodeKey(NodePrivateKey.generate(ENTROPY), NodeKey.ZERO);
    control.events.onLogin(
        new LoginState.LoggedIn(
            User.builder().id(userId).build(), Login.builder().loginName(user).build()));
    control.events.onNetworkMap(Maps.map(MapResponse.builder().node(SELF).peers(List.of(WEB))));
    backend.planeListener().onConnectivity(true);
    runSoon();
  }

  /// What waits now, and not what follows from it.
  private void runTimers() {
    for (Runnable action : List.copyOf(soon)) {
      soon.remove(action);
      action.run();
    }
  }

  private void runSoon() {
    for (Runnable action = soon.poll(); action != null; action = soon.poll()) {
      action.run();
    }
  }

  private static LocalBackend.Watcher watcher(List<String> heard) {
    return new LocalBackend.Watcher() {
      @Override
      public void on(Notify event) {
        if (event.state() != null) {
          heard.add(event.state().toString());
        }
        if (event.loginFinished()) {
          heard.add("login finished");
        }
      }

      @Override
      public void ended() {}
    };
  }

  private static final class FakeControl implements ControlLink {
    private final List<String> calls = new ArrayList<>();
    private ControlEvents events;
    private StoredIdentity.Lease lease;

    @Override
    public void report(NodeReport report) {
      calls.add("report");
    }

    @Override
    public void login(LoginRequest request) {
      calls.add("login");
    }

    @Override
    public void pause() {
      calls.add("pause");
    }

    @Override
    public void resume() {
      calls.add("resume");
    }

    @Override
    public void reconnect() {
      calls.add("reconnect");
    }

    @Override
    public void logout() {
      calls.add("logout");
    }

    @Override
    public byte[] request(String method, String path, byte[] json) {
      return "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      calls.add("close");
      lease.close();
    }
  }

  private static final class FakePlane implements DataPlane {
    private final List<String> calls = new ArrayList<>();

    @Override
    public DiscoKey discoKey() {
      return DiscoPrivateKey.generate(ENTROPY).publicKey();
    }

    @Override
    public void run(NodePrivateKey key, NetworkMap map, Prefs prefs) {
      calls.add("run");
    }

    @Override
    public void halt() {
      calls.add("halt");
    }

    @Override
    public Traffic traffic() {
      Peer web =
          new Peer(Endpoint.parse("192.0.2.2:41641"), 10, 20, Instant.EPOCH, Instant.EPOCH, true);
      return new Traffic(1, 1, Map.of(WEB.key(), web), Map.of(), Map.of());
    }

    @Override
    public List<ReportedEndpoint> endpoints() {
      return List.of();
    }

    @Override
    public Optional<NetReport> netReport() {
      return Optional.empty();
    }

    @Override
    public void capture(PacketSink sink) {
      calls.add("capture");
    }

    @Override
    public void endCapture(PacketSink sink) {
      calls.add("end capture");
    }

    @Override
    public CompletableFuture<Pong> ping(Ip address, PingType type, int size) {
      return CompletableFuture.completedFuture(
          new Pong(1_000_000, Endpoint.parse("192.0.2.2:41641"), 0, 0));
    }
  }

  private static final class NoStack implements TailnetStack {
    @Override
    public ChannelFuture connect(InetSocketAddress remote, ChannelHandler handler) {
      throw new AssertionError();
    }

    @Override
    public ChannelFuture connectDatagram(InetSocketAddress remote, ChannelHandler handler) {
      throw new AssertionError();
    }

    @Override
    public void sendDatagram(InetSocketAddress from, InetSocketAddress to, ByteBuf payload) {
      payload.release();
    }

    @Override
    public void refuseDatagram(InetSocketAddress local, InetSocketAddress remote) {}
  }
}

package dev.weft.simulation;

import dev.weft.base.Endpoint;
import dev.weft.base.IpPrefix;
import dev.weft.control.tailnet.Change;
import dev.weft.control.tailnet.MapMessage;
import dev.weft.control.tailnet.MapSession;
import dev.weft.control.tailnet.Mutation;
import dev.weft.control.tailnet.RegisterOutcome;
import dev.weft.control.tailnet.RegisteredNode;
import dev.weft.control.tailnet.Tailnet;
import dev.weft.control.tailnet.TailnetConfig;
import dev.weft.engine.EngineConfig;
import dev.weft.engine.PeerConfig;
import dev.weft.engine.filter.FilterConfig;
import dev.weft.engine.magicsock.PeerPaths;
import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.NodeKey;
import dev.weft.runtime.control.MapFold;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.tailcfg.CapabilityVersion;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.MapRequest;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.NetInfo;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.RegisterAuth;
import dev.weft.tailcfg.RegisterRequest;
import dev.weft.tailcfg.RegisterResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/// The control plane of a mesh: the real core of the server and the real fold of the client, with
/// every message as JSON between them, and what connects them simulated.
///
/// When it dies it loses what it had in memory, and begins again with what was stored.
final class Control {
  private static final long DELAY = 30 * Timeline.MILLISECOND;
  private static final long RETRY = Timeline.SECOND;
  private static final long REFRESH_ENDPOINTS = 25 * Timeline.SECOND;

  private final Mesh mesh;
  private final RandomGenerator random;
  private final MemoryStore store = new MemoryStore();
  private final TailnetConfig config =
      new TailnetConfig(
          "mesh.test",
          "https://control.test",
          DerpMap.builder().regions(new TreeMap<>()).omitDefaultRegions(true).build(),
          Duration.ofHours(1),
          null);
  private final Tailnet.Output output = new Effects();
  private final Map<SimNode, Member> members = new LinkedHashMap<>();
  private Tailnet tailnet;
  private String authKey;
  private boolean up = true;

  Control(Mesh mesh) {
    this.mesh = mesh;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(mesh.random().nextLong());
    tailnet = new Tailnet(config, store.load(), random::nextBytes, wall());
    tailnet.createUser(wall(), "alice", "", output);
    authKey =
        tailnet
            .createAuthKey(
                wall(), new Tailnet.AuthKeySpec("alice", true, false, List.of(), null), output)
            .text();
    tick();
  }

  /// A node and its connection to control.
  private static final class Member {
    private final SimNode node;
    private final Hostinfo hostinfo;
    private NodeKey formerKey = NodeKey.ZERO;
    private long id;

    /// Counts connections: what belongs to an earlier one is void.
    private int connection;

    private @Nullable MapSession session;
    private MapFold fold = new MapFold();
    private List<Endpoint> endpoints = List.of();
    private boolean pumping;
    private boolean deaf;

    Member(SimNode node) {
      this.node = node;
      this.hostinfo =
          Hostinfo.builder()
              .hostname(node.toString())
              .netInfo(NetInfo.builder().preferredDerp(node.home().region()).build())
              .build();
    }
  }

  boolean isUp() {
    return up;
  }

  /// Dies, or starts again.
  void setUp(boolean isUp) {
    if (up == isUp) {
      return;
    }
    up = isUp;
    if (isUp) {
      tailnet = new Tailnet(config, store.load(), random::nextBytes, wall());
      members.values().forEach(this::connect);
    } else {
      members.values().forEach(Control::disconnect);
    }
  }

  /// A new node wants in.
  void join(SimNode node) {
    Member member = new Member(node);
    members.put(node, member);
    connect(member);
    refresh(member);
  }

  /// The node's process is another, or its key is: it connects again.
  ///
  /// @param formerKey the key it had, when it has a new one
  void reconnect(SimNode node, NodeKey formerKey) {
    Member member = member(node);
    member.formerKey = formerKey;
    connect(member);
  }

  /// An admin deletes the node. Control must be up.
  void delete(SimNode node) {
    Member member = member(node);
    members.remove(node);
    disconnect(member);
    if (member.id != 0) {
      tailnet.deleteNode(Long.toString(member.id), output);
    }
  }

  /// The node has found out where it is reached.
  void report(SimNode node) {
    Member member = member(node);
    List<Endpoint> found = node.currentEndpoints();
    if (member.session != null && !found.equals(member.endpoints)) {
      int connection = member.connection;
      mesh.timeline()
          .after(
              DELAY,
              () -> {
                if (member.connection == connection && member.session != null) {
                  update(member);
                }
              });
    }
  }

  /// From now on this node is told nothing new, as by a control plane that loses changes.
  void deafen(SimNode node) {
    member(node).deaf = true;
  }

  /// What control was told last of where a node is reached.
  List<Endpoint> reportedBy(SimNode node) {
    return member(node).endpoints;
  }

  private Member member(SimNode node) {
    Member member = members.get(node);
    if (member == null) {
      throw new IllegalStateException(node + " is no member");
    }
    return member;
  }

  // ---- The connection of a node

  private static void disconnect(Member member) {
    member.connection++;
    member.session = null;
  }

  private void connect(Member member) {
    disconnect(member);
    attempt(member, member.connection, DELAY + random.nextLong(RETRY));
  }

  private void attempt(Member member, int connection, long delay) {
    mesh.timeline()
        .after(
            delay,
            () -> {
              if (member.connection != connection || member.node.isGone()) {
                return;
              }
              if (!up || !member.node.isRunning()) {
                attempt(member, connection, RETRY + random.nextLong(4 * RETRY));
              } else {
                open(member);
              }
            });
  }

  private void open(Member member) {
    RegisteredNode known = authenticate(member).orElseGet(() -> register(member));
    member.id = known.id();
    member.node.setAddress(known.ipv4());
    update(member);
    MapSession session = tailnet.openSession(known.id(), output);
    member.session = session;
    member.fold = new MapFold();
    session.first(wall()).ifPresent(message -> receive(member, message));
  }

  private Optional<RegisteredNode> authenticate(Member member) {
    return tailnet.authenticate(member.node.machine().publicKey(), member.node.key());
  }

  private RegisteredNode register(Member member) {
    RegisterRequest request =
        RegisterRequest.builder()
            .version(CapabilityVersion.CURRENT)
            .nodeKey(member.node.key())
            .oldNodeKey(member.formerKey)
            .hostinfo(member.hostinfo)
            .auth(RegisterAuth.builder().authKey(authKey).build())
            .build();
    RegisterOutcome outcome =
        tailnet.register(
            wall(),
            member.node.machine().publicKey(),
            null,
            wire(RegisterRequest.JSON, request),
            output);
    if (!(outcome instanceof RegisterOutcome.Answer(RegisterResponse response))
        || !response.machineAuthorized()) {
      throw new AssertionError(member.node + " was refused: " + outcome);
    }
    return authenticate(member).orElseThrow();
  }

  private void update(Member member) {
    member.endpoints = member.node.currentEndpoints();
    MapRequest request =
        MapRequest.builder()
            .version(CapabilityVersion.CURRENT)
            .nodeKey(member.node.key())
            .discoKey(member.node.core().discoKey())
            .hostinfo(member.hostinfo)
            .endpoints(member.endpoints.stream().map(Endpoint::toString).toList())
            .build();
    RegisteredNode current = authenticate(member).orElseThrow();
    tailnet.update(current, wire(MapRequest.JSON, request), output);
  }

  private static <T> T wire(dev.weft.json.JsonType<T> type, T message) {
    try {
      return Json.decode(type, Json.encode(type, message));
    } catch (MalformedJson e) {
      throw new AssertionError(e);
    }
  }

  // ---- Maps

  private void pump(Member member) {
    if (member.pumping || member.session == null) {
      return;
    }
    member.pumping = true;
    mesh.timeline()
        .after(
            DELAY,
            () -> {
              member.pumping = false;
              MapSession session = member.session;
              if (session == null || session.isOver()) {
                return;
              }
              if (member.node.isRunning()) {
                session.next(wall()).ifPresent(message -> receive(member, message));
              }
              if (session.hasNews()) {
                pump(member);
              }
            });
  }

  private void receive(Member member, MapMessage message) {
    try {
      MapResponse response = Json.decode(MapResponse.JSON, message.encode());
      NetworkMap map = member.fold.fold(response, wall()).orElseThrow();
      member.node.configure(engineConfig(map));
    } catch (MalformedJson e) {
      throw new AssertionError(e);
    }
  }

  private EngineConfig engineConfig(NetworkMap map) {
    List<PeerConfig> peers = map.peers().values().stream().map(Control::peer).toList();
    return new EngineConfig(
        map.self().addresses().stream().map(IpPrefix::address).toList(),
        peers,
        new FilterConfig(
            map.packetFilter(),
            map.self().addresses(),
            false,
            FilterConfig.SourceCapabilities.NONE));
  }

  private static PeerConfig peer(Node peer) {
    DiscoKey disco = peer.discoKey();
    return new PeerConfig(
        new PeerPaths(
            peer.key(),
            disco == null ? DiscoKey.ZERO : disco,
            peer.knownEndpoints(),
            peer.homeDerp(),
            peer.expired()),
        peer.effectiveAllowedIps());
  }

  // ---- Time

  private Instant wall() {
    return SimNode.EPOCH.plusNanos(mesh.now());
  }

  private void tick() {
    mesh.timeline()
        .after(
            Timeline.SECOND,
            () -> {
              if (up) {
                tailnet.handleTimeout(wall(), output);
              }
              tick();
            });
  }

  private void refresh(Member member) {
    mesh.timeline()
        .after(
            REFRESH_ENDPOINTS + random.nextLong(Timeline.SECOND),
            () -> {
              if (!member.node.isGone()) {
                if (member.node.isRunning()) {
                  member.node.needEndpoints();
                }
                refresh(member);
              }
            });
  }

  private final class Effects implements Tailnet.Output {
    @Override
    public void store(List<Mutation> mutations) {
      store.commit(mutations);
    }

    @Override
    public void changed(Change change) {
      tailnet.forget(change.nodeId());
      for (Member member : members.values()) {
        if (member.session != null && !member.deaf) {
          member.session.note(change);
          pump(member);
        }
      }
    }

    @Override
    public void loginSettled() {}
  }
}

package dev.weft.control.tailnet;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.DiscoPrivateKey;
import dev.weft.keys.MachineKey;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DerpNode;
import dev.weft.tailcfg.DerpRegion;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.MapRequest;
import dev.weft.tailcfg.NetInfo;
import dev.weft.tailcfg.RegisterAuth;
import dev.weft.tailcfg.RegisterRequest;
import dev.weft.tailcfg.RegisterResponse;
import dev.weft.testkit.SeededEntropy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A tailnet on a clock that tests move, whose store is a list.
final class TailnetFixture implements Tailnet.Output {
  static final int CAP = 113;

  final List<Mutation> stored = new ArrayList<>();
  final List<MapSession> sessions = new ArrayList<>();
  final Entropy entropy = new SeededEntropy(1)::fill;
  final Tailnet tailnet;
  Instant now = Instant.parse("2026-11-01T00:00:00Z");
  int settledLogins;

  /// Where requests come from.
  Ip place;

  boolean failing;

  /// Whether the store fails to delete nodes.
  boolean keepingNodes;

  TailnetFixture() {
    this(TailnetStore.Snapshot.EMPTY);
  }

  TailnetFixture(TailnetStore.Snapshot stored) {
    tailnet = new Tailnet(config(null), stored, entropy, now);
  }

  static TailnetConfig config(Duration keyExpiry) {
    DerpRegion region =
        DerpRegion.builder()
            .regionId(900)
            .regionCode("t")
            .regionName("T")
            .nodes(
                List.of(DerpNode.builder().name("900a").regionId(900).hostName("d.test").build()))
            .build();
    return new TailnetConfig(
        "home.weft",
        "https://control.test",
        DerpMap.builder().regions(new TreeMap<>(Map.of(900, region))).build(),
        Duration.ofMinutes(5),
        keyExpiry);
  }

  @Override
  public void store(List<Mutation> mutations) {
    if (failing) {
      throw new IllegalStateException("the disk is full");
    }
    if (keepingNodes && mutations.stream().anyMatch(Mutation.DeleteNode.class::isInstance)) {
      throw new IllegalStateException("the disk is broken");
    }
    stored.addAll(mutations);
  }

  @Override
  public void changed(Change change) {
    tailnet.forget(change.nodeId());
    sessions.forEach(session -> session.note(change));
  }

  @Override
  public void loginSettled() {
    settledLogins++;
  }

  String key(Tailnet.AuthKeySpec spec) {
    return tailnet.createAuthKey(now, spec, this).text();
  }

  /// A one-off key of a user, who is made when needed.
  String keyOf(String user) {
    if (tailnet.users().stream().noneMatch(u -> u.name().equals(user))) {
      tailnet.createUser(now, user, "", this);
    }
    return key(new Tailnet.AuthKeySpec(user, false, false, List.of(), Duration.ofHours(1)));
  }

  RegisterOutcome ask(MachineKey machine, RegisterRequest request) {
    return tailnet.register(now, machine, place, request, this);
  }

  RegisterResponse register(MachineKey machine, RegisterRequest request) {
    return assertInstanceOf(RegisterOutcome.Answer.class, ask(machine, request)).response();
  }

  RegisteredNode node(NodeKey key) {
    return tailnet.nodes().stream().filter(n -> n.nodeKey().equals(key)).findFirst().orElseThrow();
  }

  /// A machine that registered with a key of this user.
  Machine join(String user, String hostname) {
    Machine machine = machine(hostname);
    RegisterResponse response = register(machine.key, machine.request(keyOf(user)));
    if (!response.machineAuthorized()) {
      throw new AssertionError(response.error());
    }
    return machine;
  }

  MapSession open(Machine machine) {
    MapSession session = tailnet.openSession(node(machine.nodeKey).id(), this);
    sessions.add(session);
    return session;
  }

  void update(Machine machine, MapRequest request) {
    tailnet.update(
        tailnet.authenticate(machine.key, request.nodeKey()).orElseThrow(), request, this);
  }

  void pass(Duration time) {
    now = now.plus(time);
    tailnet.handleTimeout(now, this);
  }

  Machine machine(String hostname) {
    return new Machine(
        MachinePrivateKey.generate(entropy).publicKey(), newNodeKey(), disco(), hostname);
  }

  NodeKey newNodeKey() {
    return NodePrivateKey.generate(entropy).publicKey();
  }

  DiscoKey disco() {
    return DiscoPrivateKey.generate(entropy).publicKey();
  }

  record Machine(MachineKey key, NodeKey nodeKey, DiscoKey disco, String hostname) {
    Machine withNodeKey(NodeKey other) {
      return new Machine(key, other, disco, hostname);
    }

    RegisterRequest request() {
      return RegisterRequest.builder()
          .version(CAP)
          .nodeKey(nodeKey)
          .hostinfo(Hostinfo.builder().hostname(hostname).os("linux").build())
          .build();
    }

    RegisterRequest request(String authKey) {
      return request().toBuilder().auth(RegisterAuth.builder().authKey(authKey).build()).build();
    }

    MapRequest map(int homeDerp, String... endpoints) {
      return MapRequest.builder()
          .version(CAP)
          .nodeKey(nodeKey)
          .discoKey(disco)
          .hostinfo(
              Hostinfo.builder()
                  .hostname(hostname)
                  .os("linux")
                  .netInfo(homeDerp == 0 ? null : NetInfo.builder().preferredDerp(homeDerp).build())
                  .build())
          .endpoints(List.of(endpoints))
          .build();
    }
  }
}

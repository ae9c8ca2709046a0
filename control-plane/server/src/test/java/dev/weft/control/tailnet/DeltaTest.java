package dev.weft.control.tailnet;

import dev.weft.control.tailnet.TailnetFixture.Machine;
import dev.weft.json.MalformedJson;
import dev.weft.tailcfg.MapRequest;
import dev.weft.tailcfg.RegisterRequest;
import dev.weft.testkit.SeededEntropy;
import dev.weft.testkit.SeededTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// Whatever happens, and whenever a node is told of it: what it holds afterwards is what a map made
/// from nothing says.
final class DeltaTest {
  private static final int EVENTS = 150;
  private static final int MAX_NODES = 9;
  private static final List<String> USERS = List.of("ann", "bea", "carl");
  private static final List<String> TAGS = List.of("tag:web", "tag:db");

  private final TailnetFixture net = new TailnetFixture();
  private final List<Machine> machines = new ArrayList<>();
  private final Map<Long, MapSession> sessions = new TreeMap<>();
  private final Map<Long, HeldMap> held = new TreeMap<>();

  @SeededTest(seeds = 12)
  void everyDeltaLeadsToTheFullMap(SeededEntropy seed) throws MalformedJson {
    RandomGenerator random = seed.random();
    for (String user : USERS) {
      net.tailnet.createUser(net.now, user, "", net);
    }
    net.tailnet.setTagOwners("tag:web", List.of("ann"), net);
    net.tailnet.setTagOwners("tag:db", List.of("tag:web"), net);
    for (int event = 0; event < EVENTS; event++) {
      String what = happen(random);
      deliver(random, "after event " + event + ", " + what);
    }
    MapRound last = new MapRound();
    for (long id : List.copyOf(held.keySet())) {
      tell(id, "at the end", last);
    }
  }

  private String happen(RandomGenerator random) {
    int kind = random.nextInt(17);
    if (machines.size() < 2 || (kind == 0 && machines.size() < MAX_NODES)) {
      return join(random);
    }
    int index = random.nextInt(machines.size());
    Machine machine = machines.get(index);
    Optional<RegisteredNode> found =
        net.tailnet.nodes().stream()
            .filter(node -> node.nodeKey().equals(machine.nodeKey()))
            .findFirst();
    if (found.isEmpty()) {
      machines.remove(index);
      return "nothing";
    }
    RegisteredNode node = found.get();
    String name = node.givenName();
    switch (kind) {
      case 1 -> {
        return leave(random, index, node);
      }
      case 2 -> net.tailnet.setKeyExpiry(name, net.now, net);
      case 3 -> net.tailnet.setKeyExpiry(name, net.now.plusSeconds(random.nextInt(40)), net);
      case 4 -> net.tailnet.setKeyExpiry(name, null, net);
      case 5, 6 -> rotate(random, index, node);
      case 7 -> net.tailnet.setTags(name, List.of(TAGS.get(random.nextInt(2))), net);
      case 8 -> net.tailnet.renameNode(name, "n" + random.nextInt(1_000_000), net);
      case 9, 10, 11 -> update(random, machine);
      case 12 -> closeStream(node.id());
      case 13, 14 -> openStream(node.id());
      case 15 -> logOut(machine);
      default -> net.pass(Duration.ofSeconds(random.nextInt(15)));
    }
    return "kind " + kind + " of node " + node.id();
  }

  private String join(RandomGenerator random) {
    Machine machine = net.machine("host" + random.nextInt(3));
    boolean isEphemeral = random.nextInt(4) == 0;
    boolean isTagged = random.nextInt(4) == 0;
    String key =
        net.key(
            new Tailnet.AuthKeySpec(
                isTagged ? null : USERS.get(random.nextInt(3)),
                false,
                isEphemeral,
                isTagged ? List.of("tag:web") : List.of(),
                null));
    net.register(machine.key(), machine.request(key));
    machines.add(machine);
    openStream(net.node(machine.nodeKey()).id());
    return "join of node " + net.node(machine.nodeKey()).id();
  }

  private String leave(RandomGenerator random, int index, RegisteredNode node) {
    machines.remove(index);
    if (random.nextBoolean()) {
      net.tailnet.deleteNode(node.givenName(), net);
    } else {
      closeStream(node.id());
      machines.removeIf(machine -> machine.nodeKey().equals(node.nodeKey()));
    }
    return "node " + node.id() + " leaves";
  }

  /// A new key, by the same user or another, with the old one named or not.
  private void rotate(RandomGenerator random, int index, RegisteredNode node) {
    Machine renewed = machines.get(index).withNodeKey(net.newNodeKey());
    RegisterRequest request =
        renewed.request(net.keyOf(USERS.get(random.nextInt(3)))).toBuilder()
            .oldNodeKey(random.nextBoolean() ? node.nodeKey() : null)
            .build();
    net.register(renewed.key(), request);
    machines.set(index, renewed);
  }

  private void update(RandomGenerator random, Machine machine) {
    String[] endpoints = new String[random.nextInt(3)];
    for (int i = 0; i < endpoints.length; i++) {
      endpoints[i] = "192.0.2." + i + ":" + (1 + random.nextInt(3));
    }
    MapRequest.Builder request = machine.map(random.nextInt(3) * 450, endpoints).toBuilder();
    if (random.nextInt(4) == 0) {
      request.discoKey(net.disco());
    }
    if (random.nextInt(4) == 0) {
      request.hostinfo(
          machine.request().hostinfo().toBuilder()
              .hostname("host" + random.nextInt(3))
              .os(random.nextBoolean() ? "linux" : "windows")
              .requestTags(random.nextBoolean() ? List.of("tag:db") : List.of())
              .build());
    }
    if (random.nextInt(6) == 0) {
      request.version(TailnetFixture.CAP + random.nextInt(3));
    }
    net.update(machine, request.build());
  }

  private void logOut(Machine machine) {
    net.register(
        machine.key(), machine.request().toBuilder().expiry(net.now.minusSeconds(1)).build());
  }

  private void openStream(long id) {
    closeStream(id);
    MapSession session = net.tailnet.openSession(id, net);
    sessions.put(id, session);
    net.sessions.add(session);
  }

  private void closeStream(long id) {
    MapSession session = sessions.remove(id);
    held.remove(id);
    if (session != null) {
      net.sessions.remove(session);
      net.tailnet.sessionClosed(net.now, id);
    }
  }

  /// Most nodes are told at once, the others of more at a time. All of a round share what is made
  /// in it, as streams do.
  private void deliver(RandomGenerator random, String when) throws MalformedJson {
    MapRound round = new MapRound();
    for (long id : List.copyOf(sessions.keySet())) {
      if (random.nextInt(4) != 0) {
        tell(id, when, round);
      }
    }
  }

  private void tell(long id, String when, MapRound round) throws MalformedJson {
    MapSession session = sessions.get(id);
    if (session == null) {
      return;
    }
    if (session.isOver()) {
      closeStream(id);
      return;
    }
    HeldMap map = held.get(id);
    if (map == null) {
      held.put(id, HeldMap.of(session.first(net.now).orElseThrow()));
    } else if (session.hasNews()) {
      Optional<MapMessage> news = session.next(net.now, round);
      if (news.isPresent()) {
        map.apply(news.get());
      }
    }
    held.get(id)
        .assertSameAs(
            net.tailnet.map(net.now, id).orElseThrow(), "what node " + id + " holds " + when);
  }
}

package dev.weft.simulation;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.weft.base.Bytes;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.engine.EngineConfig;
import dev.weft.engine.EngineEvent;
import dev.weft.engine.Path;
import dev.weft.engine.PeerConfig;
import dev.weft.engine.filter.FilterConfig;
import dev.weft.tailcfg.FilterRule;
import dev.weft.tailcfg.NetPortRange;
import dev.weft.tailcfg.PortRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/// A tailnet in one thread; see the package.
public final class Mesh {
  /// How long a mapping of a NAT lives without outbound traffic (RFC 4787 REQ-5 asks for two
  /// minutes; real ones give less).
  private static final long MAPPING_LIFETIME = 60 * Timeline.SECOND;

  private final Timeline timeline = new Timeline();
  private final RandomGenerator random;
  private final Internet internet;
  private final Map<Integer, Relay> relays = new LinkedHashMap<>();
  private final List<Site> sites = new ArrayList<>();
  private final List<SimNode> nodes = new ArrayList<>();
  private final Mailbox mailbox;
  private final Model model = new Model(this);
  private final Trace trace = new Trace();
  private @Nullable Control control;
  private boolean endpointsInMap = true;
  private int nodesEver;
  private long events;

  public Mesh(long seed) {
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    internet = new Internet(timeline, random);
    mailbox = new Mailbox(random);
  }

  public Site addSite(NatKind nat) {
    int number = sites.size() + 1;
    Ip external = Ip.v4(203 << 24 | 113 << 8 | number);
    Site site = new Site(timeline, internet, number, new Nat(nat, external, MAPPING_LIFETIME));
    sites.add(site);
    return site;
  }

  /// Adds a node; [#start] makes the others know it, or control where there is one.
  ///
  /// @param region of its home relay
  public SimNode addNode(Site site, int region) {
    int number = ++nodesEver;
    RandomGenerator own = RandomGeneratorFactory.of("L64X128MixRandom").create(random.nextLong());
    SimNode node =
        new SimNode(
            this,
            "node " + number,
            Ip.v4(100 << 24 | 64 << 16 | number),
            site,
            relay(region),
            own::nextBytes);
    nodes.add(node);
    if (control != null) {
      control.join(node);
    }
    return node;
  }

  /// Switches a node off and deletes it.
  void remove(SimNode node) {
    nodes.remove(node);
    node.leave();
    if (control != null) {
      control.delete(node);
    }
  }

  /// From here on a control plane tells the nodes of each other. Before any node is there.
  Control startControl() {
    Control started = new Control(this);
    control = started;
    return started;
  }

  /// Whether the network map tells what STUN found, or peers must call each other to learn it.
  /// Control tells it always.
  public void setEndpointsInMap(boolean told) {
    endpointsInMap = told;
  }

  /// Tells every node of all others, as they are now. Without control.
  public void start() {
    nodes.forEach(this::configure);
  }

  public List<SimNode> nodes() {
    return nodes;
  }

  public List<Site> sites() {
    return sites;
  }

  public Relay relay(int region) {
    return relays.computeIfAbsent(region, number -> new Relay(timeline, number));
  }

  public void setConditions(Conditions conditions) {
    internet.setConditions(conditions);
  }

  public long now() {
    return timeline.now();
  }

  public RandomGenerator random() {
    return random;
  }

  /// Sends a packet each way at an interval, for a time from now.
  public void chat(SimNode a, SimNode b, long intervalMillis, long forMillis) {
    for (long at = 0; at < forMillis; at += intervalMillis) {
      timeline.after(
          at * Timeline.MILLISECOND,
          () -> {
            a.send(b, 64);
            b.send(a, 64);
          });
    }
  }

  /// Something to happen later, such as a fault.
  public void after(long millis, Runnable action) {
    timeline.after(millis * Timeline.MILLISECOND, action);
  }

  public void run(long millis) {
    long end = timeline.now() + millis * Timeline.MILLISECOND;
    while (true) {
      SimNode due = null;
      long next = timeline.next();
      for (SimNode node : nodes) {
        if (node.nextTimeout() < next) {
          next = node.nextTimeout();
          due = node;
        }
      }
      if (next > end) {
        timeline.advanceTo(end);
        return;
      }
      if (due == null) {
        timeline.runNext();
      } else {
        timeline.advanceTo(next);
        due.core().handleTimeout(timeline.now(), due);
        requireProgress(due);
      }
      events++;
      model.check();
    }
  }

  /// Packets of one node to another that were sent in a period and never arrived.
  public long lost(SimNode from, SimNode to, long since, long until) {
    return mailbox.lost(from.address(), to.address(), since, until);
  }

  public long packetsSent() {
    return mailbox.sentCount();
  }

  public long packetsDelivered() {
    return mailbox.deliveredCount();
  }

  /// How many things have happened so far: what came due, and timers of nodes.
  public long events() {
    return events;
  }

  /// A fingerprint of every datagram and delivery so far: who, when, where to, and its bytes.
  public String trace() {
    return trace.toString();
  }

  /// The network behind an external address.
  @Nullable Site siteAt(Ip external) {
    return internet.siteAt(external);
  }

  Timeline timeline() {
    return timeline;
  }

  Mailbox mailbox() {
    return mailbox;
  }

  Internet internet() {
    return internet;
  }

  Model model() {
    return model;
  }

  // ---- What nodes do

  void transmitted(SimNode from, Path to, Bytes datagram) {
    trace.add(timeline.now(), from + ">" + to, datagram.toArray());
    model.transmitted(from, to, datagram);
  }

  void delivered(SimNode to, Mailbox.Letter letter, Bytes packet) {
    trace.add(timeline.now(), to + "<", packet.toArray());
    model.delivered(to, letter);
  }

  void pathChanged(SimNode node, EngineEvent.PathChanged change) {
    trace.add(timeline.now(), node + "=", String.valueOf(change).getBytes(US_ASCII));
    model.pathChanged(node);
  }

  void endpointsFound(SimNode node) {
    if (control != null) {
      control.report(node);
    }
  }

  void configure(SimNode node) {
    if (control != null) {
      return; // it has the map that it was told
    }
    List<PeerConfig> peers = new ArrayList<>();
    for (SimNode other : nodes) {
      if (other != node) {
        peers.add(other.asPeer(endpointsInMap));
      }
    }
    node.configure(configOf(node.address(), peers));
  }

  static EngineConfig configOf(Ip address, List<PeerConfig> peers) {
    FilterRule everything =
        FilterRule.builder()
            .srcIps(List.of("*"))
            .dstPorts(List.of(new NetPortRange("*", PortRange.ALL)))
            .build();
    return new EngineConfig(
        List.of(address),
        peers,
        new FilterConfig(
            List.of(everything),
            List.of(IpPrefix.single(address)),
            false,
            FilterConfig.SourceCapabilities.NONE));
  }

  private void requireProgress(SimNode node) {
    if (node.core().nextTimeout() <= timeline.now()) {
      throw new AssertionError(node + " asks for the timeout it has just handled");
    }
  }
}

package dev.weft.simulation;

import dev.weft.base.Bytes;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.engine.EngineConfig;
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
  private final Mailbox mailbox = new Mailbox();
  private boolean endpointsInMap = true;
  private long trace;

  public Mesh(long seed) {
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    internet = new Internet(timeline, random);
  }

  public Site addSite(NatKind nat) {
    int number = sites.size() + 1;
    Ip external = Ip.v4(203 << 24 | 113 << 8 | number);
    Site site = new Site(timeline, internet, number, new Nat(nat, external, MAPPING_LIFETIME));
    sites.add(site);
    return site;
  }

  /// Adds a node; [#start] makes the others know it.
  ///
  /// @param region of its home relay
  public SimNode addNode(Site site, int region) {
    int number = nodes.size() + 1;
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
    return node;
  }

  /// Whether the network map tells what STUN found, or peers must call each other to learn it.
  public void setEndpointsInMap(boolean told) {
    endpointsInMap = told;
  }

  /// Tells every node of all others, as they are now.
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
        if (node.core().nextTimeout() < next) {
          next = node.core().nextTimeout();
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

  /// A fingerprint of every datagram so far: who, when, where to, and its bytes.
  public long trace() {
    return trace;
  }

  Timeline timeline() {
    return timeline;
  }

  Mailbox mailbox() {
    return mailbox;
  }

  void traced(SimNode from, Path to, Bytes datagram) {
    trace = trace * 31 + timeline.now();
    trace = trace * 31 + from.address().hashCode();
    trace = trace * 31 + to.toString().hashCode();
    trace = trace * 31 + datagram.hashCode();
  }

  void configure(SimNode node) {
    List<PeerConfig> peers = new ArrayList<>();
    for (SimNode other : nodes) {
      if (other != node) {
        peers.add(other.asPeer(endpointsInMap));
      }
    }
    FilterRule everything =
        FilterRule.builder()
            .srcIps(List.of("*"))
            .dstPorts(List.of(new NetPortRange("*", PortRange.ALL)))
            .build();
    node.configure(
        new EngineConfig(
            List.of(node.address()),
            peers,
            new FilterConfig(
                List.of(everything),
                List.of(IpPrefix.single(node.address())),
                false,
                FilterConfig.SourceCapabilities.NONE)));
  }

  private void requireProgress(SimNode node) {
    if (node.core().nextTimeout() <= timeline.now()) {
      throw new AssertionError(node + " asks for the timeout it has just handled");
    }
  }
}

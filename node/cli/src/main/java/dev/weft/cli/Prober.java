package dev.weft.cli;

import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.stun.BindingRequest;
import dev.weft.stun.BindingResponse;
import dev.weft.stun.TransactionId;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DerpNode;
import dev.weft.tailcfg.DerpRegion;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Looks at the network from this process: which relays answer STUN, how fast, and where they see
/// us. Where UDP is answered by nobody, the time of a TCP handshake with each relay stands for it.
final class Prober {
  private static final Duration UDP_PATIENCE = Duration.ofSeconds(3);
  private static final int TRIES = 3;
  private static final long BETWEEN_TRIES = Duration.ofMillis(100).toNanos();

  /// After all tries, for the relays that have not answered yet when others have.
  private static final long GRACE = Duration.ofMillis(400).toNanos();

  private static final int TCP_MILLIS = 3000;

  /// What a look found. Latencies in nanoseconds, by region.
  record Report(
      boolean udp,
      boolean osHasIpv6,
      Optional<Endpoint> globalV4,
      Optional<Endpoint> globalV6,
      Optional<Boolean> mappingVariesByDestIp,
      TreeMap<Integer, Long> v4,
      TreeMap<Integer, Long> v6,
      TreeMap<Integer, Long> best,
      Map<Endpoint, Integer> seenV4,
      Map<Endpoint, Integer> seenV6) {
    /// The nearest region; 0 when none answered.
    int preferred() {
      int nearest = 0;
      long least = Long.MAX_VALUE;
      for (Map.Entry<Integer, Long> entry : best.entrySet()) {
        if (entry.getValue() < least) {
          least = entry.getValue();
          nearest = entry.getKey();
        }
      }
      return nearest;
    }
  }

  private record Sent(int region, boolean isV4, long at) {}

  private record Target(int region, Endpoint at) {}

  private final Entropy entropy;
  private final DerpMap map;
  private final List<Target> targets = new ArrayList<>();
  private final Map<TransactionId, Sent> sent = new HashMap<>();
  private final TreeMap<Integer, Long> v4 = new TreeMap<>();
  private final TreeMap<Integer, Long> v6 = new TreeMap<>();
  private final Map<Endpoint, Integer> seenV4 = new TreeMap<>();
  private final Map<Endpoint, Integer> seenV6 = new TreeMap<>();

  Prober(DerpMap map, Entropy entropy) {
    this.map = map;
    this.entropy = entropy;
  }

  Report look() throws IOException {
    for (DerpRegion region : regions()) {
      for (DerpNode node : region.nodes()) {
        addTargets(region.regionId(), node);
      }
    }
    try (Selector selector = Selector.open()) {
      DatagramChannel four = open(StandardProtocolFamily.INET, selector);
      DatagramChannel six = open(StandardProtocolFamily.INET6, selector);
      try {
        probe(selector, four, six);
      } finally {
        close(four);
        close(six);
      }
    }
    TreeMap<Integer, Long> best = new TreeMap<>(v4);
    v6.forEach((region, nanos) -> best.merge(region, nanos, Math::min));
    boolean udp = !best.isEmpty();
    if (!udp) {
      overTcp(best);
    }
    int answers = seenV4.values().stream().mapToInt(Integer::intValue).sum();
    return new Report(
        udp,
        hasIpv6(),
        seenV4.keySet().stream().findFirst(),
        seenV6.keySet().stream().findFirst(),
        answers < 2 || v4.size() < 2 ? Optional.empty() : Optional.of(seenV4.size() > 1),
        v4,
        v6,
        best,
        seenV4,
        seenV6);
  }

  private List<DerpRegion> regions() {
    List<DerpRegion> regions = new ArrayList<>();
    if (map.regions() != null) {
      for (DerpRegion region : map.regions().values()) {
        if (!region.noMeasureNoHome()) {
          regions.add(region);
        }
      }
    }
    return regions;
  }

  private void addTargets(int region, DerpNode node) {
    int port = node.effectiveStunPort();
    if (port > 0 && port <= 0xffff) {
      for (Ip ip : addresses(node)) {
        targets.add(new Target(region, new Endpoint(ip, port)));
      }
    }
  }

  private static List<Ip> addresses(DerpNode node) {
    Optional<Ip> forTests = Ip.tryParse(node.stunTestIp());
    if (forTests.isPresent()) {
      return List.of(forTests.get());
    }
    Set<Ip> found = new HashSet<>();
    Ip.tryParse(node.ipv4()).ifPresent(found::add);
    Ip.tryParse(node.ipv6()).ifPresent(found::add);
    if (found.isEmpty() && !node.hostName().isEmpty()) {
      try {
        for (InetAddress address : InetAddress.getAllByName(node.hostName())) {
          found.add(Ip.of(address));
        }
      } catch (UnknownHostException _) {
        // a relay without a name is one that does not answer
      }
    }
    return List.copyOf(found);
  }

  private static @Nullable DatagramChannel open(StandardProtocolFamily family, Selector selector) {
    try {
      DatagramChannel channel = DatagramChannel.open(family);
      channel.bind(null).configureBlocking(false).register(selector, SelectionKey.OP_READ);
      return channel;
    } catch (IOException | UnsupportedOperationException _) {
      return null; // the machine does not have this family
    }
  }

  private static void close(@Nullable DatagramChannel channel) throws IOException {
    if (channel != null) {
      channel.close();
    }
  }

  private void probe(
      Selector selector, @Nullable DatagramChannel four, @Nullable DatagramChannel six)
      throws IOException {
    long start = System.nanoTime();
    long end = start + UDP_PATIENCE.toNanos();
    long lastTry = start + (TRIES - 1) * BETWEEN_TRIES;
    int tries = 0;
    while (System.nanoTime() < end && !everyoneAnswered()) {
      long now = System.nanoTime();
      if (tries < TRIES && now >= start + tries * BETWEEN_TRIES) {
        ask(four, six);
        tries++;
      }
      boolean someAnswered = !v4.isEmpty() || !v6.isEmpty();
      if (someAnswered && now > lastTry + GRACE) {
        return;
      }
      long next = tries < TRIES ? start + tries * BETWEEN_TRIES : Math.min(end, now + GRACE / 4);
      selector.select(Math.max(1, (next - now) / 1_000_000));
      selector.selectedKeys().clear();
      receive(four);
      receive(six);
    }
  }

  private boolean everyoneAnswered() {
    for (Target target : targets) {
      if (!(target.at().ip().isV4() ? v4 : v6).containsKey(target.region())) {
        return false;
      }
    }
    return true;
  }

  private void ask(@Nullable DatagramChannel four, @Nullable DatagramChannel six) {
    for (Target target : targets) {
      boolean isV4 = target.at().ip().isV4();
      DatagramChannel channel = isV4 ? four : six;
      if (channel != null && !(isV4 ? v4 : v6).containsKey(target.region())) {
        TransactionId id = TransactionId.random(entropy);
        try {
          sent.put(id, new Sent(target.region(), isV4, System.nanoTime()));
          channel.send(
              ByteBuffer.wrap(new BindingRequest(id).encode()), target.at().toSocketAddress());
        } catch (IOException _) {
          sent.remove(id); // no route: one that does not answer
        }
      }
    }
  }

  private void receive(@Nullable DatagramChannel channel) throws IOException {
    if (channel == null) {
      return;
    }
    ByteBuffer buffer = ByteBuffer.allocate(1500);
    while (channel.receive(buffer) != null) {
      if (BindingResponse.parse(buffer.array(), 0, buffer.position())
          instanceof BindingResponse response) {
        Sent request = sent.remove(response.id());
        if (request != null) {
          long nanos = System.nanoTime() - request.at();
          (request.isV4() ? v4 : v6).merge(request.region(), nanos, Math::min);
          (request.isV4() ? seenV4 : seenV6).merge(response.mapped(), 1, Integer::sum);
        }
      }
      buffer.clear();
    }
  }

  private void overTcp(Map<Integer, Long> best) {
    List<Thread> running = new ArrayList<>();
    Map<Integer, Long> found = new java.util.concurrent.ConcurrentHashMap<>();
    for (DerpRegion region : regions()) {
      running.add(Thread.ofVirtual().start(() -> overTcp(region, found)));
    }
    try {
      for (Thread each : running) {
        each.join();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    best.putAll(found);
  }

  private static void overTcp(DerpRegion region, Map<Integer, Long> found) {
    for (DerpNode node : region.nodes()) {
      for (Ip ip : node.stunOnly() ? List.<Ip>of() : addresses(node)) {
        long start = System.nanoTime();
        try (Socket socket = new Socket()) {
          socket.connect(
              new InetSocketAddress(ip.toInetAddress(), node.effectiveDerpPort()), TCP_MILLIS);
          found.merge(region.regionId(), System.nanoTime() - start, Math::min);
          return;
        } catch (IOException _) {
          // the next one
        }
      }
    }
  }

  private static boolean hasIpv6() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .anyMatch(a -> !(a instanceof Inet4Address) && !a.isLoopbackAddress());
  }
}

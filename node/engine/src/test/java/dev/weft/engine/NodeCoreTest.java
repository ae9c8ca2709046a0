package dev.weft.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.base.Datagrams;
import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.base.Segments;
import dev.weft.crypto.Aeads;
import dev.weft.engine.filter.FilterConfig;
import dev.weft.engine.magicsock.PeerPaths;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.DiscoPrivateKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.packet.Packets;
import dev.weft.packet.TcpView;
import dev.weft.packet.Tsmp;
import dev.weft.stun.BindingRequest;
import dev.weft.stun.TransactionId;
import dev.weft.tailcfg.FilterRule;
import dev.weft.tailcfg.NetPortRange;
import dev.weft.tailcfg.PortRange;
import dev.weft.wireguard.PathId;
import dev.weft.wireguard.SessionKey;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NodeCoreTest {
  private static final long SEED = 11;
  private static final int REGION = 900;

  private final Random random = new Random(SEED);
  private final Deque<Runnable> wire = new ArrayDeque<>();
  private final Node a = new Node("100.64.0.1", "203.0.113.1:41641");
  private final Node b = new Node("100.64.0.2", "203.0.113.2:41641");
  private long now = 1_000_000_000L;
  private boolean udpCut;

  NodeCoreTest() {
    a.connectTo(b, rule("*", 80));
    b.connectTo(a, rule("*", 80));
  }

  @Test
  void aPacketArrivesAtTheStackOfThePeerThatHasItsAddress() {
    byte[] syn = Packets.tcp(a.ip, 4000, b.ip, 80, TcpView.SYN, 1, 0);
    a.send(syn);
    settle();
    assertEquals(1, b.delivered.size());
    assertArrayEquals(syn, b.delivered.getFirst().toArray());
    assertTrue(b.events.contains(new EngineEvent.SessionEstablished(a.key.publicKey())));
  }

  @Test
  void withoutUdpTheRelayCarriesBothWays() {
    udpCut = true;
    a.send(Packets.tcp(a.ip, 4000, b.ip, 80, TcpView.SYN, 1, 0));
    settle();
    b.send(Packets.tcp(b.ip, 80, a.ip, 4000, TcpView.SYN | TcpView.ACK, 1, 2));
    settle();
    assertEquals(1, b.delivered.size());
    assertEquals(1, a.delivered.size());
    assertNull(a.core.snapshots(now).getFirst().direct());
    assertEquals(REGION, a.core.snapshots(now).getFirst().relayRegion());
  }

  @Test
  void afterTheFirstPacketThePathIsDirectAndCountersRise() {
    a.send(Packets.tcp(a.ip, 4000, b.ip, 80, TcpView.SYN, 1, 0));
    settle();
    PeerSnapshot peer = a.core.snapshots(now).getFirst();
    assertEquals(b.endpoint, peer.direct());
    assertTrue(peer.txBytes() > 0 && peer.rxBytes() > 0, peer.toString());
  }

  @Test
  void aBatchStaysABatch() {
    a.send(Packets.tcp(a.ip, 4000, b.ip, 80, TcpView.SYN, 1, 0));
    settle();
    b.delivered.clear();
    b.batches = 0;
    byte[] packet = Packets.udp(a.ip, 1, b.ip, 80, new byte[1000]);
    byte[] batch = new byte[packet.length * 20];
    for (int i = 0; i < 20; i++) {
      System.arraycopy(packet, 0, batch, i * packet.length, packet.length);
    }
    a.core.handlePackets(now, Segments.of(batch, 0, batch.length, packet.length), a);
    settle();
    assertEquals(20, b.delivered.size());
    assertEquals(1, b.batches);
  }

  @Test
  void aRefusedConnectionIsToldToItsSender() {
    a.send(Packets.tcp(a.ip, 4000, b.ip, 81, TcpView.SYN, 1, 0));
    settle();
    assertEquals(List.of(), b.delivered);
    assertTrue(
        a.events.contains(
            new EngineEvent.ConnectionRejected(
                b.key.publicKey(),
                a.ip,
                b.ip,
                new Tsmp.Reject(6, Tsmp.Reason.ACL, 4000, 81, false))),
        a.events.toString());
    assertEquals(1, b.core.drops().count(EngineDrop.REFUSED_IN));
  }

  @Test
  void aSourceThatIsNotThePeersIsDropped() {
    byte[] forged = Packets.tcp(Ip.parse("100.64.0.9"), 4000, b.ip, 80, TcpView.SYN, 1, 0);
    a.send(forged);
    settle();
    assertEquals(List.of(), b.delivered);
  }

  @Test
  void packetsToNobodyAreCounted() {
    a.send(Packets.udp(a.ip, 1, Ip.parse("100.64.0.77"), 2, new byte[4]));
    a.send(new byte[] {1, 2, 3});
    a.send(Packets.udp(a.ip, 1, Ip.parse("100.100.100.100"), 53, new byte[4]));
    assertEquals(2, a.core.drops().count(EngineDrop.NO_ROUTE));
    assertEquals(1, a.core.drops().count(EngineDrop.BAD_PACKET));
    assertEquals(List.of(), a.transmitted);
  }

  @Test
  void pingsOfTwoKindsAreAnsweredByTheEngineAlone() {
    assertTrue(a.core.ping(now, b.ip, PingKind.DISCO, 1, 0, a));
    assertTrue(a.core.ping(now, b.ip, PingKind.TSMP, 2, 0, a));
    assertFalse(a.core.ping(now, Ip.parse("100.64.0.77"), PingKind.DISCO, 3, 0, a));
    settle();
    List<Long> answered = new ArrayList<>();
    for (EngineEvent event : a.events) {
      if (event instanceof EngineEvent.PingAnswered(long request, var peer, var _, long _, int _)) {
        assertEquals(b.key.publicKey(), peer);
        answered.add(request);
      }
    }
    answered.sort(null);
    assertEquals(List.of(1L, 2L), answered);
    assertEquals(List.of(), b.delivered, "the stack saw nothing of it");
  }

  @Test
  void anEchoOfOursIsTakenFromTheStacksTraffic() {
    a.core.ping(now, b.ip, PingKind.ICMP, 9, 0, a);
    settle();
    byte[] request = b.delivered.getFirst().toArray();
    byte[] reply = Packets.echoRequest(b.ip, a.ip, 0, 0, new byte[8]);
    System.arraycopy(request, 24, reply, 24, request.length - 24);
    reply[20] = 0;
    b.send(reply);
    settle();
    assertTrue(
        a.events.stream()
            .anyMatch(e -> e instanceof EngineEvent.PingAnswered p && p.request() == 9),
        a.events.toString());
    assertEquals(List.of(), a.delivered);
  }

  @Test
  void stunIsHandedOut() {
    byte[] request = new BindingRequest(TransactionId.random(random::nextBytes)).encode();
    a.core.handleDatagrams(
        now, new Path.Udp(b.endpoint), Segments.single(request, 0, request.length), a);
    assertEquals(List.of(b.endpoint), a.stun);
  }

  @Test
  void aPeerThatStartedAnewTellsItsDiscoKeyInTheTunnel() {
    a.send(Packets.tcp(a.ip, 4000, b.ip, 80, TcpView.SYN, 1, 0));
    settle();
    Node restarted = new Node(b);
    restarted.connectTo(a, rule("*", 80));
    b.core = restarted.core;
    // Control is away: a goes on with the old disco key of b.
    b.send(Packets.tcp(b.ip, 5000, a.ip, 80, TcpView.SYN, 1, 0));
    settle();
    now += 10_000_000_000L;
    a.send(Packets.tcp(a.ip, 4000, b.ip, 80, TcpView.SYN, 1, 0));
    settle();
    assertEquals(b.endpoint, a.core.snapshots(now).getFirst().direct());
  }

  @Test
  void aDiscoKeyToldInTheTunnelStandsUntilAMapBringsAnother() {
    DiscoKey old = b.core.discoKey();
    a.send(Packets.tcp(a.ip, 4000, b.ip, 80, TcpView.SYN, 1, 0));
    settle();
    Node restarted = new Node(b);
    restarted.connectTo(a, rule("*", 80));
    b.core = restarted.core;
    b.send(Packets.tcp(b.ip, 5000, a.ip, 80, TcpView.SYN, 1, 0));
    settle();
    a.setPeer(b, old, false, rule("*", 80)); // control has not heard of it yet
    now += 10_000_000_000L;
    a.send(Packets.tcp(a.ip, 4000, b.ip, 80, TcpView.SYN, 1, 0));
    settle();
    assertEquals(b.endpoint, a.core.snapshots(now).getFirst().direct());
    DiscoKey newest = new Node(b).core.discoKey();
    a.setPeer(b, newest, false, rule("*", 80)); // now it has, and of a later start
    assertNull(a.core.snapshots(now).getFirst().direct(), "the new process has a path to prove");
  }

  @Test
  void anExpiredPeerIsNeitherHeardNorSpokenTo() {
    a.setPeer(b, true, rule("*", 80));
    a.send(Packets.tcp(a.ip, 4000, b.ip, 80, TcpView.SYN, 1, 0));
    assertEquals(List.of(), a.transmitted);
    b.send(Packets.tcp(b.ip, 4000, a.ip, 80, TcpView.SYN, 1, 0));
    settle();
    assertEquals(List.of(), a.delivered);
  }

  @Test
  void randomDatagramsAreDroppedAndNeverThrow() {
    for (int i = 0; i < 20_000; i++) {
      byte[] junk = new byte[random.nextInt(200)];
      random.nextBytes(junk);
      if (junk.length > 4 && random.nextBoolean()) {
        junk[0] = (byte) random.nextInt(6);
        junk[1] = 0;
        junk[2] = 0;
        junk[3] = 0;
      }
      a.core.handleDatagrams(
          now, new Path.Udp(b.endpoint), Segments.single(junk, 0, junk.length), a);
    }
    assertEquals(List.of(), a.delivered, "seed " + SEED);
    assertEquals(List.of(), a.transmitted, "seed " + SEED);
  }

  /// Runs the wire until it is quiet; each hop takes a millisecond.
  private void settle() {
    int hops = 0;
    while (!wire.isEmpty()) {
      assertTrue(++hops < 10_000, "the nodes never stop talking");
      now += 1_000_000;
      wire.poll().run();
    }
  }

  private static FilterRule rule(String source, int port) {
    return FilterRule.builder()
        .srcIps(List.of(source))
        .dstPorts(List.of(new NetPortRange("*", new PortRange(port, port))))
        .build();
  }

  private final class Node implements NodeCore.Output {
    final Ip ip;
    final Endpoint endpoint;
    final NodePrivateKey key;
    final List<Bytes> delivered = new ArrayList<>();
    final List<EngineEvent> events = new ArrayList<>();
    final List<Path> transmitted = new ArrayList<>();
    final List<Endpoint> stun = new ArrayList<>();
    final CipherAtOnce cipher = new CipherAtOnce();
    NodeCore core;
    int batches;

    private Node(String ip, String endpoint) {
      this(Ip.parse(ip), Endpoint.parse(endpoint), NodePrivateKey.generate(random::nextBytes));
    }

    private Node(Node before) {
      this(before.ip, before.endpoint, before.key);
    }

    private Node(Ip ip, Endpoint endpoint, NodePrivateKey key) {
      this.ip = ip;
      this.endpoint = endpoint;
      this.key = key;
      this.core =
          new NodeCore(
              new NodeCore.Config(key, DiscoPrivateKey.generate(entropy()), 1280, Aeads.best()),
              entropy());
      core.setWallClock(now, Instant.ofEpochSecond(1_800_000_000L + random.nextInt(1000), now));
      core.derpConnected(REGION);
    }

    private Entropy entropy() {
      return random::nextBytes;
    }

    void connectTo(Node peer, FilterRule rule) {
      setPeer(peer, false, rule);
    }

    void setPeer(Node peer, boolean expired, FilterRule rule) {
      setPeer(peer, peer.core.discoKey(), expired, rule);
    }

    void setPeer(Node peer, DiscoKey disco, boolean expired, FilterRule rule) {
      PeerPaths paths =
          new PeerPaths(peer.key.publicKey(), disco, List.of(peer.endpoint), REGION, expired);
      core.setConfig(
          now,
          new EngineConfig(
              List.of(ip),
              List.of(new PeerConfig(paths, List.of(IpPrefix.single(peer.ip)))),
              new FilterConfig(
                  List.of(rule),
                  List.of(IpPrefix.single(ip)),
                  false,
                  FilterConfig.SourceCapabilities.NONE)),
          this);
    }

    void send(byte[] packet) {
      core.handlePackets(now, Segments.single(packet, 0, packet.length), this);
    }

    @Override
    public void seal(SessionKey key, long firstCounter, Segments plain, Destination to) {
      cipher.seal(key, firstCounter, plain, to, this);
    }

    @Override
    public void open(SessionKey key, Datagrams sealed, PathId from) {
      cipher.open(now, key, sealed, from, core, this);
    }

    @Override
    public void transmit(Path to, Segments datagrams) {
      transmitted.add(to);
      Bytes bytes = Bytes.copyOf(datagrams.array(), datagrams.offset(), datagrams.length());
      int segment = datagrams.segmentSize();
      Node target = this == a ? b : a;
      Path from =
          switch (to) {
            case Path.Udp _ -> new Path.Udp(endpoint);
            case Path.Derp(int region, _) -> new Path.Derp(region, key.publicKey());
          };
      if (!(udpCut && to instanceof Path.Udp)) {
        wire.add(() -> {
          byte[] array = bytes.toArray();
          target.core.handleDatagrams(
              now, from, Segments.of(array, 0, array.length, segment), target);
        });
      }
    }

    @Override
    public void deliver(Segments packets) {
      batches++;
      for (int i = 0; i < packets.count(); i++) {
        delivered.add(Bytes.copyOf(packets.array(), packets.offset(i), packets.length(i)));
      }
    }

    @Override
    public void stun(Endpoint from, byte[] array, int offset, int length) {
      stun.add(from);
    }

    @Override
    public void needEndpoints() {
      wire.add(() -> core.setOwnEndpoints(now, List.of(endpoint), this));
    }

    @Override
    public void event(EngineEvent event) {
      events.add(event);
    }
  }
}

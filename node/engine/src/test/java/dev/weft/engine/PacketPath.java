package dev.weft.engine;

import com.sun.management.ThreadMXBean;
import dev.weft.base.Datagrams;
import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.base.Segments;
import dev.weft.crypto.Aeads;
import dev.weft.engine.filter.FilterConfig;
import dev.weft.engine.magicsock.PeerPaths;
import dev.weft.keys.DiscoPrivateKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.packet.IpProtocol;
import dev.weft.packet.Packets;
import dev.weft.packet.TcpView;
import dev.weft.tailcfg.FilterRule;
import dev.weft.tailcfg.NetPortRange;
import dev.weft.tailcfg.PortRange;
import dev.weft.wireguard.PathId;
import dev.weft.wireguard.SessionKey;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/// A program: two cores, full batches of TCP segments one way and single acknowledgments the other,
/// as fast as they go. Prints the bytes that the thread allocated and the nanoseconds it took for
/// each packet of a batch, in the first round that allocated less than asked, or in the last one:
/// how soon everything is compiled depends on the machine.
final class PacketPath {
  static final int BATCH = 44;
  private static final int MTU = 1280;
  private static final int WARM_UP = 6000;
  private static final int BATCHES = 2000;
  private static final int ROUNDS = 20;

  private final Random random = new Random(1);
  private final Deque<Runnable> wire = new ArrayDeque<>();
  private final Node a = new Node("100.64.0.1", "203.0.113.1:41641");
  private final Node b = new Node("100.64.0.2", "203.0.113.2:41641");
  private final byte[] segment =
      Packets.tcp(a.ip, 4000, b.ip, 80, TcpView.ACK, 1, 1); // lengthened below
  private final byte[] acknowledgment = Packets.tcp(b.ip, 80, a.ip, 4000, TcpView.ACK, 1, 1);
  private final byte[] batch = new byte[BATCH * MTU];

  /// Stands for the buffers of both sockets.
  private final MemorySegment socket = Arena.global().allocate(80 << 10);

  private long now = 1_000_000_000L;
  private boolean isReady;

  public static void main(String[] arguments) {
    double enough = Double.parseDouble(arguments[0]);
    PacketPath path = new PacketPath();
    path.connect();
    path.run(WARM_UP);
    String round = "";
    for (int i = 0; i < ROUNDS; i++) {
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long allocated = threads.getCurrentThreadAllocatedBytes();
      long start = System.nanoTime();
      path.run(BATCHES);
      long took = System.nanoTime() - start;
      double packets = (double) BATCHES * BATCH;
      double bytes = (threads.getCurrentThreadAllocatedBytes() - allocated) / packets;
      round = "%.2f bytes %.0f ns %s%n".formatted(bytes, took / packets, Aeads.best().name());
      if (bytes < enough) {
        break;
      }
    }
    System.out.print(round);
  }

  private void connect() {
    a.learn(b);
    b.learn(a);
    a.core.handlePackets(now, Segments.single(segment, 0, segment.length), a);
    for (int i = 0; i < 1000; i++) {
      while (!wire.isEmpty()) {
        now += 1_000_000;
        wire.poll().run();
      }
    }
    byte[] full = Arrays.copyOf(segment, MTU);
    full[2] = (byte) (MTU >>> 8);
    full[3] = (byte) MTU;
    assert full[9] == IpProtocol.TCP;
    for (int i = 0; i < BATCH; i++) {
      System.arraycopy(full, 0, batch, i * MTU, MTU);
    }
    isReady = true;
  }

  private void run(int batches) {
    for (int i = 0; i < batches; i++) {
      now += 100_000;
      a.core.handlePackets(now, Segments.of(batch, 0, batch.length, MTU), a);
      b.core.handlePackets(now, Segments.single(acknowledgment, 0, acknowledgment.length), b);
      if (a.core.nextTimeout() <= now) {
        a.core.handleTimeout(now, a);
      }
      if (b.core.nextTimeout() <= now) {
        b.core.handleTimeout(now, b);
      }
    }
    if (a.delivered == 0 || b.delivered < batches * BATCH) {
      throw new AssertionError(a.delivered + " and " + b.delivered + " delivered");
    }
    a.delivered = 0;
    b.delivered = 0;
  }

  private final class Node implements NodeCore.Output {
    final Ip ip;
    final Path.Udp path;
    final NodePrivateKey key = NodePrivateKey.generate(random::nextBytes);
    final CipherAtOnce cipher = new CipherAtOnce();
    final NodeCore core;
    int delivered;

    Node(String ip, String endpoint) {
      this.ip = Ip.parse(ip);
      this.path = new Path.Udp(Endpoint.parse(endpoint));
      core =
          new NodeCore(
              new NodeCore.Config(
                  key, DiscoPrivateKey.generate(random::nextBytes), MTU, Aeads.best()),
              random::nextBytes);
      core.setWallClock(now, Instant.ofEpochSecond(1_800_000_000L));
    }

    void learn(Node peer) {
      PeerPaths paths =
          new PeerPaths(
              peer.key.publicKey(), peer.core.discoKey(), List.of(peer.path.remote()), 1, false);
      FilterRule rule =
          FilterRule.builder()
              .srcIps(List.of("*"))
              .dstPorts(List.of(new NetPortRange("*", new PortRange(0, 65_535))))
              .build();
      core.derpConnected(1);
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

    @Override
    public void seal(SessionKey key, long firstCounter, Segments plain, Destination to) {
      if (isReady) {
        Node target = this == a ? b : a;
        Datagrams sealed = key.seal(firstCounter, plain, socket);
        target.core.handleDatagrams(now, path, sealed, target);
      } else {
        cipher.seal(key, firstCounter, plain, to, this);
      }
    }

    @Override
    public void open(SessionKey key, Datagrams sealed, PathId from) {
      cipher.open(now, key, sealed, from, core, this);
    }

    @Override
    public void transmit(Path to, Segments sent) {
      Node target = this == a ? b : a;
      byte[] copy = Arrays.copyOfRange(sent.array(), sent.offset(), sent.offset() + sent.length());
      int size = sent.segmentSize();
      Path from =
          to instanceof Path.Derp(int region, _) ? new Path.Derp(region, key.publicKey()) : path;
      wire.add(() ->
          target.core.handleDatagrams(now, from, Segments.of(copy, 0, copy.length, size), target));
    }

    @Override
    public void deliver(Segments packets) {
      delivered += packets.count();
    }

    @Override
    public void stun(Endpoint from, byte[] array, int offset, int length) {}

    @Override
    public void needEndpoints() {
      wire.add(() -> core.setOwnEndpoints(now, List.of(path.remote()), this));
    }

    @Override
    public void event(EngineEvent event) {}
  }
}

package dev.weft.wireguard;

import dev.weft.base.Bytes;
import dev.weft.base.Datagrams;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.base.PrefixSet;
import dev.weft.base.Segments;
import dev.weft.crypto.Aeads;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// WireGuard cores on virtual time, joined by a network that delays, loses and repeats as told.
final class Network {
  static final long SECOND = 1_000_000_000L;
  static final long MILLISECOND = 1_000_000L;

  final List<Node> nodes = new ArrayList<>();
  private final Random random;
  private final PriorityQueue<Delivery> inFlight = new PriorityQueue<>();
  private long sequence;
  long now;

  long delay = 10 * MILLISECOND;
  long jitter;
  double loss;
  double repeat;

  Network(long seed) {
    random = new Random(seed);
  }

  Node addNode() {
    Node node = new Node(nodes.size());
    nodes.add(node);
    return node;
  }

  /// Runs until nothing is left to happen before `until`, and sets the clock to it.
  void runUntil(long until) {
    while (true) {
      long next = inFlight.isEmpty() ? Long.MAX_VALUE : inFlight.peek().at;
      Node due = null;
      for (Node node : nodes) {
        if (node.core.nextTimeout() < next) {
          next = node.core.nextTimeout();
          due = node;
        }
      }
      if (next > until) {
        break;
      }
      now = Math.max(now, next);
      if (due != null) {
        due.core.handleTimeout(now, due);
      } else {
        Delivery delivery = inFlight.remove();
        delivery.to.core.handleDatagrams(now, delivery.from, delivery.segments(), delivery.to);
      }
    }
    now = until;
  }

  void runFor(long nanos) {
    runUntil(now + nanos);
  }

  private void send(Node from, Node to, Segments datagrams) {
    Bytes copy = Bytes.copyOf(datagrams.array(), datagrams.offset(), datagrams.length());
    int times = random.nextDouble() < loss ? 0 : random.nextDouble() < repeat ? 2 : 1;
    for (int i = 0; i < times; i++) {
      long at = now + delay + (jitter == 0 ? 0 : random.nextLong(jitter));
      inFlight.add(
          new Delivery(
              at, sequence++, new Address(from.number), to, copy, datagrams.segmentSize()));
    }
  }

  record Address(int node) implements PathId {
    @Override
    public Bytes source() {
      return Bytes.of((byte) node, (byte) 1);
    }

    @Override
    public Bytes host() {
      return Bytes.of((byte) node);
    }
  }

  private record Delivery(
      long at, long sequence, Address from, Node to, Bytes bytes, int segmentSize)
      implements Comparable<Delivery> {
    /// Opening is in place, and a repeated datagram arrives intact.
    Segments segments() {
      return Segments.of(bytes.toArray(), 0, bytes.length(), segmentSize);
    }

    @Override
    public int compareTo(Delivery other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  /// A core with its shell: cipher work at once, everything counted.
  final class Node implements WireGuard.Output, PeerSource {
    final int number;
    final NodePrivateKey key;
    final Ip address;
    WireGuard core;
    final List<Bytes> delivered = new ArrayList<>();
    final List<Integer> deliveredBatches = new ArrayList<>();
    final List<SessionEvent> events = new ArrayList<>();
    final List<Integer> sentTypes = new ArrayList<>();
    int cookieReplies;
    boolean muted;
    boolean greets;
    final List<Node> refused = new ArrayList<>();
    final List<Node> expected = new ArrayList<>();
    @Nullable SessionKey lastSealed;
    private final Entropy entropy;
    private final byte[] sealed = new byte[128 << 10];
    private final OpenedBatch opened = new OpenedBatch();

    Node(int number) {
      this.number = number;
      entropy = new Random(random.nextLong())::nextBytes;
      key = NodePrivateKey.generate(entropy);
      address = Ip.v4(0x6440_0001 + number);
      core = newCore(Instant.ofEpochSecond(1_700_000_000));
    }

    /// A new process with the same key.
    void restart(Instant wallNow) {
      core = newCore(wallNow);
    }

    private WireGuard newCore(Instant wallNow) {
      WireGuard made = new WireGuard(new WireGuard.Config(key, 1280, Aeads.best()), this, entropy);
      made.setWallClock(now, wallNow);
      return made;
    }

    void send(Node to, byte[] packet) {
      core.handlePackets(
          now, new PeerId(to.number), Segments.single(packet, 0, packet.length), this);
    }

    /// A UDP-less IPv4 packet from us with this many bytes behind the header, the first four `tag`.
    byte[] packet(Node to, int tag, int length) {
      return packet(address, to.address, tag, length);
    }

    static byte[] packet(Ip from, Ip to, int tag, int length) {
      byte[] packet = new byte[20 + length];
      packet[0] = 0x45;
      packet[2] = (byte) (packet.length >>> 8);
      packet[3] = (byte) packet.length;
      packet[8] = 64;
      packet[9] = (byte) 253; // RFC 3692: for experiments
      System.arraycopy(from.toBytes(), 0, packet, 12, 4);
      System.arraycopy(to.toBytes(), 0, packet, 16, 4);
      for (int i = 0; i < 4 && i < length; i++) {
        packet[20 + i] = (byte) (tag >>> (24 - 8 * i));
      }
      return packet;
    }

    int count(int type) {
      return (int) sentTypes.stream().filter(sent -> sent == type).count();
    }

    PeerStats stats(Node of) {
      return core.stats(now, new PeerId(of.number));
    }

    @Override
    public @Nullable KnownPeer byKey(NodeKey of) {
      for (Node node : nodes) {
        if (node.key.publicKey().equals(of)) {
          return byId(new PeerId(node.number));
        }
      }
      return null;
    }

    @Override
    public @Nullable KnownPeer byId(PeerId id) {
      Node node = nodes.get(id.value());
      if (refused.contains(node)) {
        return null;
      }
      PrefixSet allowed = PrefixSet.copyOf(List.of(IpPrefix.single(node.address)));
      return new KnownPeer(id, node.key.publicKey(), allowed);
    }

    @Override
    public boolean isExpected(PathId from) {
      return from instanceof Address(int other) && expected.contains(nodes.get(other));
    }

    @Override
    public int priorityMessage(PeerId to, byte[] into) {
      if (!greets) {
        return 0;
      }
      byte[] greeting = packet(nodes.get(to.value()), 0x47524545, 4);
      System.arraycopy(greeting, 0, into, 0, greeting.length);
      return greeting.length;
    }

    @Override
    public void seal(SessionKey sessionKey, long firstCounter, Segments plain) {
      lastSealed = sessionKey;
      transmit(sessionKey.peer(), sessionKey.seal(firstCounter, plain, sealed));
    }

    @Override
    public void open(SessionKey sessionKey, Datagrams datagrams, PathId from) {
      sessionKey.open(datagrams, opened);
      core.handleOpened(now, from, sessionKey, opened, this);
    }

    @Override
    public void transmit(PeerId to, Segments datagrams) {
      for (int i = 0; i < datagrams.count(); i++) {
        sentTypes.add((int) datagrams.array()[datagrams.offset(i)]);
      }
      if (!muted) {
        Network.this.send(this, nodes.get(to.value()), datagrams);
      }
    }

    @Override
    public void reply(PathId to, Segments datagram) {
      cookieReplies++;
      if (to instanceof Address(int other)) {
        Network.this.send(this, nodes.get(other), datagram);
      }
    }

    @Override
    public void deliver(PeerId from, Segments packets) {
      deliveredBatches.add(packets.count());
      for (int i = 0; i < packets.count(); i++) {
        delivered.add(Bytes.copyOf(packets.array(), packets.offset(i), packets.length(i)));
      }
    }

    @Override
    public void heard(PeerId peer, PathId from) {}

    @Override
    public void event(SessionEvent event) {
      events.add(event);
    }
  }
}

package dev.weft.engine.magicsock;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Segments;
import dev.weft.disco.DiscoMessage;
import dev.weft.disco.DiscoPacket;
import dev.weft.engine.Destination;
import dev.weft.engine.Path;
import dev.weft.keys.DiscoPrivateKey;
import dev.weft.keys.NodeKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A virtual network for MagicSocks: UDP between hosts that may filter, and one relay that always
/// works.
final class World {
  static final int REGION = 900;
  static final byte[] DATA = {4, 0, 0, 0, 1, 2, 3, 4};

  final List<Host> hosts = new ArrayList<>();
  long now = 1;
  long udpDelay = TimeUnit.MILLISECONDS.toNanos(10);
  long relayDelay = TimeUnit.MILLISECONDS.toNanos(30);
  boolean udpCut;

  private final Random random;
  private final PriorityQueue<Arrival> arrivals = new PriorityQueue<>();
  private long sequence;

  World(long seed) {
    random = new Random(seed);
  }

  /// @param filters whether only those it has sent to may send to it, as behind most routers
  Host add(String address, boolean filters) {
    Host host = new Host(hosts.size(), Endpoint.parse(address), filters);
    hosts.add(host);
    return host;
  }

  /// Tells every host of all others; with their endpoints, or without.
  void introduce(boolean withEndpoints) {
    for (Host host : hosts) {
      List<PeerPaths> peers = new ArrayList<>();
      for (Host other : hosts) {
        if (other != host) {
          peers.add(other.paths(withEndpoints));
        }
      }
      host.sock.derpConnected(REGION);
      host.sock.setPeers(now, peers, host);
    }
  }

  void run(long millis) {
    long end = now + TimeUnit.MILLISECONDS.toNanos(millis);
    while (true) {
      long next = arrivals.isEmpty() ? Long.MAX_VALUE : arrivals.peek().at;
      for (Host host : hosts) {
        next = Math.min(next, host.sock.nextTimeout());
      }
      if (next > end) {
        now = end;
        return;
      }
      now = Math.max(now, next);
      while (!arrivals.isEmpty() && arrivals.peek().at <= now) {
        Arrival arrival = arrivals.poll();
        arrival.to.receive(arrival.from, arrival.datagram.toArray());
      }
      for (Host host : hosts) {
        host.sock.handleTimeout(now, host);
      }
    }
  }

  void send(Host to, Path from, byte[] datagram, long delay) {
    arrivals.add(new Arrival(now + delay, sequence++, to, from, Bytes.of(datagram)));
  }

  /// Both ends in turn send data each 500 ms, as a session with traffic does.
  void chat(Host a, Host b, long millis) {
    for (long spent = 0; spent < millis; spent += 500) {
      a.sendData(b);
      b.sendData(a);
      run(500);
    }
  }

  final class Host implements MagicSock.Output {
    final Endpoint address;
    final NodeKey key;
    final MagicSock sock;
    final List<Path> received = new ArrayList<>();
    final List<String> sent = new ArrayList<>();
    final List<String> pongs = new ArrayList<>();
    int endpointsWanted;
    boolean answersEndpointNeeds = true;

    private final boolean filters;
    private final Set<Endpoint> contacted = new LinkedHashSet<>();
    private final DiscoPrivateKey disco;

    private Host(int index, Endpoint address, boolean filters) {
      this.address = address;
      this.filters = filters;
      byte[] raw = new byte[NodeKey.BYTES];
      Arrays.fill(raw, (byte) (index + 1));
      this.key = NodeKey.ofBytes(raw, 0);
      Entropy entropy = random::nextBytes;
      this.disco = DiscoPrivateKey.generate(entropy);
      this.sock = new MagicSock(key, disco, entropy);
    }

    PeerPaths paths(boolean withEndpoints) {
      return new PeerPaths(
          key, sock.discoKey(), withEndpoints ? List.of(address) : List.of(), REGION, false);
    }

    void sendData(Host to) {
      Destination destination = sock.destination(now, to.key);
      destination.forEach(path -> transmit(path, Segments.single(DATA, 0, DATA.length)));
      if (!destination.isProven()) {
        sock.discover(now, to.key, this);
      }
    }

    /// A message of ours to another, for tests that play the network themselves.
    byte[] seal(Host to, DiscoMessage message) {
      return DiscoPacket.seal(
          sock.discoKey(), disco.box(to.sock.discoKey()), random::nextBytes, message);
    }

    @Nullable Endpoint directTo(Host other) {
      return sock.status(now, other.key).direct();
    }

    @Override
    public void transmit(Path to, Segments datagrams) {
      byte[] datagram =
          Arrays.copyOfRange(
              datagrams.array(), datagrams.offset(), datagrams.offset() + datagrams.length());
      sent.add((datagram[0] == DATA[0] ? "data " : "disco ") + to);
      switch (to) {
        case Path.Udp(Endpoint remote) -> {
          contacted.add(remote);
          for (Host host : hosts) {
            if (!udpCut && host.address.equals(remote)) {
              World.this.send(host, new Path.Udp(address), datagram, udpDelay);
            }
          }
        }
        case Path.Derp(int region, NodeKey peer) -> {
          for (Host host : hosts) {
            if (host.key.equals(peer)) {
              World.this.send(host, new Path.Derp(region, key), datagram, relayDelay);
            }
          }
        }
      }
    }

    void receive(Path from, byte[] datagram) {
      if (filters && from instanceof Path.Udp(Endpoint remote) && !contacted.contains(remote)) {
        return;
      }
      if (!sock.handleDatagram(now, from, datagram, 0, datagram.length, this)) {
        received.add(from);
        NodeKey peer = sock.peerOf(from);
        if (peer != null) {
          sock.authenticated(peer, from);
        }
      }
    }

    @Override
    public void needEndpoints() {
      endpointsWanted++;
      if (answersEndpointNeeds) {
        sock.setOwnEndpoints(now, List.of(address), this);
      }
    }

    @Override
    public void pingResult(long request, NodeKey peer, Path via, long latencyNanos) {
      pongs.add(request + " " + via + " " + TimeUnit.NANOSECONDS.toMillis(latencyNanos) + "ms");
    }

    @Override
    public void pathChanged(NodeKey peer, @Nullable Endpoint direct) {}
  }

  private record Arrival(long at, long order, Host to, Path from, Bytes datagram)
      implements Comparable<Arrival> {
    @Override
    public int compareTo(Arrival other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }
}

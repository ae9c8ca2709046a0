package dev.weft.simulation;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.base.Segments;
import dev.weft.crypto.Aeads;
import dev.weft.engine.EngineConfig;
import dev.weft.engine.EngineEvent;
import dev.weft.engine.NodeCore;
import dev.weft.engine.Path;
import dev.weft.engine.PeerConfig;
import dev.weft.engine.PeerSnapshot;
import dev.weft.engine.PingKind;
import dev.weft.engine.magicsock.PeerPaths;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.DiscoPrivateKey;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A node: a real core, with the parts of a shell that the simulation needs.
public final class SimNode implements NodeCore.Output {
  /// When the simulation begins, by the wall clock.
  private static final Instant EPOCH = Instant.ofEpochSecond(1_790_000_000);

  private static final long STUN_ROUND_TRIP = 30 * Timeline.MILLISECOND;
  private static final Endpoint STUN_SERVER = Endpoint.parse("198.51.100.1:3478");
  private static final int MTU = 1280;

  private final Mesh mesh;
  private final String name;
  private final Entropy entropy;
  private final Site site;
  private final Relay home;
  private final Endpoint local;
  private final Ip address;
  private final NodePrivateKey nodeKey;
  private final List<EngineEvent> events = new ArrayList<>();
  private NodeCore core;
  private DiscoKey publishedDisco;
  private boolean lookingForEndpoints;
  private boolean expired;

  SimNode(Mesh mesh, String name, Ip address, Site site, Relay home, Entropy entropy) {
    this.mesh = mesh;
    this.name = name;
    this.address = address;
    this.site = site;
    this.home = home;
    this.entropy = entropy;
    nodeKey = NodePrivateKey.generate(entropy);
    core = newCore();
    publishedDisco = core.discoKey();
    local = site.join(this);
    home.connect(this);
  }

  public Ip address() {
    return address;
  }

  public NodeKey key() {
    return nodeKey.publicKey();
  }

  public NodeCore core() {
    return core;
  }

  /// What the core told, oldest first.
  public List<EngineEvent> events() {
    return events;
  }

  /// Sends one packet to another node's address.
  public void send(SimNode to, int size) {
    byte[] packet = mesh.mailbox().write(mesh.now(), address, to.address, size);
    core.handlePackets(mesh.now(), Segments.single(packet, 0, packet.length), this);
  }

  /// Sends bytes that the stack of a compromised machine might.
  public void sendRaw(byte[] packet) {
    core.handlePackets(mesh.now(), Segments.single(packet, 0, packet.length), this);
  }

  public boolean ping(SimNode to, PingKind kind, long request) {
    return core.ping(mesh.now(), to.address, kind, request, 0, this);
  }

  /// Whether both are on one local network.
  public boolean isNeighbourOf(SimNode other) {
    return site == other.site;
  }

  /// The direct path to a peer; `null` while it is relayed.
  public @Nullable Endpoint directPathTo(SimNode peer) {
    PeerSnapshot snapshot = snapshot(peer);
    return snapshot == null ? null : snapshot.direct();
  }

  public @Nullable PeerSnapshot snapshot(SimNode peer) {
    for (PeerSnapshot snapshot : core.snapshots(mesh.now())) {
      if (snapshot.key().equals(peer.key())) {
        return snapshot;
      }
    }
    return null;
  }

  /// The process starts again: new disco key, no sessions. Control has not told anyone yet.
  public void restart() {
    core = newCore();
    lookingForEndpoints = false;
    home.connect(this);
    mesh.configure(this);
  }

  /// Control tells the disco key of the running process.
  public void publish() {
    publishedDisco = core.discoKey();
  }

  /// Whether control says that the node's key has expired; [Mesh#start] tells it.
  public void setExpired(boolean hasExpired) {
    expired = hasExpired;
  }

  void configure(EngineConfig config) {
    core.setConfig(mesh.now(), config, this);
  }

  PeerConfig asPeer(boolean withEndpoints) {
    List<Endpoint> endpoints = withEndpoints ? currentEndpoints() : List.of(local);
    return new PeerConfig(
        new PeerPaths(key(), publishedDisco, endpoints, home.region(), expired),
        List.of(IpPrefix.single(address)));
  }

  void receive(Endpoint from, Bytes datagram) {
    receive(new Path.Udp(from), datagram);
  }

  void receive(Path from, Bytes datagram) {
    byte[] array = datagram.toArray();
    core.handleDatagrams(mesh.now(), from, Segments.single(array, 0, array.length), this);
  }

  void relayChanged(int region, boolean up) {
    if (up) {
      core.derpConnected(region);
    } else {
      core.derpDisconnected(region);
    }
  }

  void peerGone(int region, NodeKey peer) {
    core.peerGone(region, peer);
  }

  @Override
  public void transmit(Path to, Segments datagrams) {
    for (int i = 0; i < datagrams.count(); i++) {
      Bytes datagram = Bytes.copyOf(datagrams.array(), datagrams.offset(i), datagrams.length(i));
      mesh.traced(this, to, datagram);
      switch (to) {
        case Path.Udp(Endpoint remote) -> site.send(local, remote, datagram);
        case Path.Derp(int region, NodeKey peer) -> {
          Relay relay = mesh.relay(region);
          relay.connect(this);
          relay.forward(this, peer, datagram);
        }
      }
    }
  }

  @Override
  public void deliver(Segments packets) {
    for (int i = 0; i < packets.count(); i++) {
      mesh.mailbox().receive(address, packets.array(), packets.offset(i), packets.length(i));
    }
  }

  @Override
  public void stun(Endpoint from, byte[] array, int offset, int length) {
    throw new AssertionError("nobody sends STUN here");
  }

  @Override
  public void needEndpoints() {
    if (!lookingForEndpoints) {
      lookingForEndpoints = true;
      NodeCore asking = core;
      mesh.timeline()
          .after(
              STUN_ROUND_TRIP,
              () -> {
                if (core == asking) {
                  lookingForEndpoints = false;
                  core.setOwnEndpoints(mesh.now(), currentEndpoints(), this);
                }
              });
    }
  }

  @Override
  public void event(EngineEvent event) {
    events.add(event);
  }

  @Override
  public String toString() {
    return name;
  }

  private List<Endpoint> currentEndpoints() {
    Endpoint seen = site.seenFrom(STUN_SERVER, local);
    return seen.equals(local) ? List.of(local) : List.of(seen, local);
  }

  private NodeCore newCore() {
    NodeCore fresh =
        new NodeCore(
            new NodeCore.Config(nodeKey, DiscoPrivateKey.generate(entropy), MTU, Aeads.best()),
            entropy);
    fresh.setWallClock(mesh.now(), EPOCH.plusNanos(mesh.now()));
    return fresh;
  }
}

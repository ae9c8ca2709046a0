package dev.weft.simulation;

import dev.weft.base.Bytes;
import dev.weft.base.Datagrams;
import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.base.Segments;
import dev.weft.crypto.Aeads;
import dev.weft.engine.CipherAtOnce;
import dev.weft.engine.Destination;
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
import dev.weft.keys.MachinePrivateKey;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.wireguard.PathId;
import dev.weft.wireguard.SessionKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A node: a real core, with the parts of a shell that the simulation needs.
public final class SimNode implements NodeCore.Output {
  /// When the simulation begins, by the wall clock.
  static final Instant EPOCH = Instant.ofEpochSecond(1_790_000_000);

  private static final long STUN_ROUND_TRIP = 30 * Timeline.MILLISECOND;
  private static final Endpoint STUN_SERVER = Endpoint.parse("198.51.100.1:3478");
  private static final int MTU = 1280;
  private static final int EVENTS_KEPT = 1_000;

  private final Mesh mesh;
  private final String name;
  private final CipherAtOnce cipher = new CipherAtOnce();
  private final Entropy entropy;
  private final Relay home;
  private final MachinePrivateKey machine;
  private final List<EngineEvent> events = new ArrayList<>();
  private Taps taps = Taps.NONE;
  private Site site;
  private Endpoint local;
  private Ip address;
  private NodePrivateKey nodeKey;
  private NodeCore core;
  private EngineConfig config;
  private DiscoKey publishedDisco;
  private long wallOffset;
  private boolean lookingForEndpoints;
  private boolean expired;
  private boolean asleep;
  private boolean gone;

  SimNode(Mesh mesh, String name, Ip address, Site site, Relay home, Entropy entropy) {
    this.mesh = mesh;
    this.name = name;
    this.address = address;
    this.site = site;
    this.home = home;
    this.entropy = entropy;
    machine = MachinePrivateKey.generate(entropy);
    nodeKey = NodePrivateKey.generate(entropy);
    config = Mesh.configOf(address, List.of());
    mesh.model().owns(this, key());
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

  /// What the core told last, oldest first.
  public List<EngineEvent> events() {
    return events;
  }

  /// Sends one packet to another node's address.
  public void send(SimNode to, int size) {
    if (isRunning()) {
      byte[] packet = mesh.mailbox().write(mesh.now(), this, to.address, size);
      core.handlePackets(mesh.now(), Segments.single(packet, 0, packet.length), this);
    }
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

  // ---- Faults

  /// The process starts again: new disco key, no sessions, the map as it was kept. Control has not
  /// told anyone yet.
  public void restart() {
    long kept = core.lastInitiationTime();
    replaceCore(kept);
    mesh.configure(this);
  }

  /// The node gets a new key, as after its old one expired: to the others it is another peer.
  void rotateKey() {
    home.disconnect(key());
    nodeKey = NodePrivateKey.generate(entropy);
    mesh.model().owns(this, key());
    replaceCore(0);
  }

  /// @param lastInitiation what an earlier process with this node key has kept
  private void replaceCore(long lastInitiation) {
    core = newCore();
    core.resumeAfter(lastInitiation);
    lookingForEndpoints = false;
    home.connect(this);
    configure(config);
  }

  /// Control tells the disco key of the running process.
  public void publish() {
    publishedDisco = core.discoKey();
  }

  /// Whether control says that the node's key has expired; [Mesh#start] tells it.
  public void setExpired(boolean hasExpired) {
    expired = hasExpired;
  }

  /// The machine is carried to another network.
  void moveTo(Site next) {
    site.leave(local);
    site = next;
    local = next.join(this);
    core.rebind(mesh.now());
    needEndpoints();
  }

  /// The machine is suspended, or no longer: its clock goes on, and what comes meanwhile is lost.
  void setAsleep(boolean isAsleep) {
    asleep = isAsleep;
  }

  /// The wall clock is set to another time.
  void setWallOffset(long nanos) {
    wallOffset = nanos;
    core.setWallClock(mesh.now(), EPOCH.plusNanos(mesh.now() + wallOffset));
  }

  long wallOffset() {
    return wallOffset;
  }

  /// The machine is switched off for good.
  void leave() {
    gone = true;
    site.leave(local);
    home.disconnect(key());
  }

  /// Whether the machine is on and not suspended.
  boolean isRunning() {
    return !asleep && !gone;
  }

  boolean isGone() {
    return gone;
  }

  // ---- What the mesh and control see

  Site site() {
    return site;
  }

  Relay home() {
    return home;
  }

  Endpoint local() {
    return local;
  }

  MachinePrivateKey machine() {
    return machine;
  }

  EngineConfig config() {
    return config;
  }

  void setAddress(Ip assigned) {
    address = assigned;
  }

  void tap(Taps newer) {
    taps = newer;
  }

  void configure(EngineConfig newer) {
    mesh.model().told(this, newer);
    config = taps.configured(newer);
    core.setConfig(mesh.now(), config, this);
  }

  PeerConfig asPeer(boolean withEndpoints) {
    List<Endpoint> endpoints = withEndpoints ? currentEndpoints() : List.of(local);
    return new PeerConfig(
        new PeerPaths(key(), publishedDisco, endpoints, home.region(), expired),
        List.of(IpPrefix.single(address)));
  }

  /// What STUN and the own interfaces say.
  List<Endpoint> currentEndpoints() {
    Endpoint seen = site.seenFrom(STUN_SERVER, local);
    return seen.equals(local) ? List.of(local) : List.of(seen, local);
  }

  long nextTimeout() {
    return isRunning() ? core.nextTimeout() : Long.MAX_VALUE;
  }

  // ---- The network

  void receive(Endpoint from, Bytes datagram) {
    receive(new Path.Udp(from), datagram);
  }

  void receive(Path from, Bytes datagram) {
    if (isRunning() && taps.lets(from, datagram)) {
      byte[] array = datagram.toArray();
      core.handleDatagrams(mesh.now(), from, Segments.single(array, 0, array.length), this);
    }
  }

  void relayChanged(int region, boolean up) {
    if (up) {
      core.derpConnected(region);
    } else {
      core.derpDisconnected(region);
    }
  }

  void peerGone(int region, NodeKey peer) {
    if (isRunning()) {
      core.peerGone(region, peer);
    }
  }

  @Override
  public void seal(SessionKey key, long firstCounter, Segments plain, Destination to) {
    cipher.seal(key, firstCounter, plain, to, this);
  }

  @Override
  public void open(SessionKey key, Datagrams sealed, PathId from) {
    cipher.open(mesh.now(), key, sealed, from, core, this);
  }

  @Override
  public void transmit(Path to, Segments datagrams) {
    for (int i = 0; i < datagrams.count(); i++) {
      Bytes datagram =
          taps.sent(Bytes.copyOf(datagrams.array(), datagrams.offset(i), datagrams.length(i)));
      mesh.transmitted(this, to, datagram);
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
      for (Bytes packet :
          taps.delivered(Bytes.copyOf(packets.array(), packets.offset(i), packets.length(i)))) {
        byte[] array = packet.toArray();
        mesh.delivered(this, mesh.mailbox().receive(this, array, 0, array.length), packet);
      }
    }
  }

  @Override
  public void stun(Endpoint from, byte[] array, int offset, int length) {
    // Nobody asks here: what looks like an answer is an attacker's.
  }

  @Override
  public void needEndpoints() {
    if (!lookingForEndpoints) {
      lookingForEndpoints = true;
      lookForEndpoints(core);
    }
  }

  private void lookForEndpoints(NodeCore asking) {
    mesh.timeline()
        .after(
            STUN_ROUND_TRIP,
            () -> {
              if (core != asking || gone) {
                return;
              }
              if (asleep) {
                lookForEndpoints(asking);
                return;
              }
              lookingForEndpoints = false;
              core.setOwnEndpoints(mesh.now(), currentEndpoints(), this);
              mesh.endpointsFound(this);
            });
  }

  @Override
  public void event(EngineEvent event) {
    events.add(event);
    if (events.size() > EVENTS_KEPT) {
      events.removeFirst();
    }
    if (event instanceof EngineEvent.PathChanged changed) {
      mesh.pathChanged(this, changed);
    }
  }

  @Override
  public String toString() {
    return name;
  }

  private NodeCore newCore() {
    NodeCore fresh =
        new NodeCore(
            new NodeCore.Config(nodeKey, DiscoPrivateKey.generate(entropy), MTU, Aeads.best()),
            entropy);
    fresh.setWallClock(mesh.now(), EPOCH.plusNanos(mesh.now() + wallOffset));
    return fresh;
  }
}

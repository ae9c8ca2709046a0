package dev.weft.engine;

import dev.weft.base.Counters;
import dev.weft.base.Datagrams;
import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.base.Segments;
import dev.weft.crypto.AeadProvider;
import dev.weft.disco.Geneve;
import dev.weft.engine.filter.PacketFilter;
import dev.weft.engine.filter.Verdict;
import dev.weft.engine.magicsock.MagicSock;
import dev.weft.engine.magicsock.PathStatus;
import dev.weft.engine.magicsock.PeerPaths;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.DiscoPrivateKey;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.packet.IpView;
import dev.weft.packet.PacketCheck;
import dev.weft.stun.Stun;
import dev.weft.wireguard.Drop;
import dev.weft.wireguard.KnownPeer;
import dev.weft.wireguard.OpenedBatch;
import dev.weft.wireguard.PathId;
import dev.weft.wireguard.PeerId;
import dev.weft.wireguard.PeerSource;
import dev.weft.wireguard.PeerStats;
import dev.weft.wireguard.SessionEvent;
import dev.weft.wireguard.SessionKey;
import dev.weft.wireguard.WireGuard;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything a node decides about packets, for one node key.
///
/// Owns the sessions, paths, routes and filter state. Call [#setConfig] with each network map,
/// [#handleDatagrams] for what came from the network, [#handlePackets] for what the own stack
/// sends, and [#handleTimeout] when [#nextTimeout] has come. A new node key is a new core.
///
/// Does no I/O and reads no clock; see the package for who calls what.
public final class NodeCore {
  /// @param mtu of the overlay, 1280 as a rule
  public record Config(
      NodePrivateKey nodeKey, DiscoPrivateKey discoKey, int mtu, AeadProvider aead) {}

  /// What is to be done. Batches and arrays are borrowed for the call.
  public interface Output {
    void transmit(Path to, Segments datagrams);

    /// Seal a batch with [SessionKey#seal] and send it to all of `to`. Batches of one key leave in
    /// the order of these calls. May be done later and on another thread, with a copy of the batch;
    /// [CipherAtOnce] does it at once.
    void seal(SessionKey key, long firstCounter, Segments plain, Destination to);

    /// Open a batch with [SessionKey#open] and pass it to [NodeCore#handleOpened], for each key in
    /// the order of these calls; as with [#seal], perhaps later.
    ///
    /// @param from to be passed back
    void open(SessionKey key, Datagrams sealed, PathId from);

    /// Packets of a peer that the filter admitted, for the own stack. May call
    /// [NodeCore#handlePackets].
    void deliver(Segments ipPackets);

    /// A STUN message, for whoever sent the request.
    void stun(Endpoint from, byte[] array, int offset, int length);

    /// Our endpoints are wanted, fresh: [NodeCore#setOwnEndpoints].
    void needEndpoints();

    void event(EngineEvent event);
  }

  /// What the engine itself has to read of a datagram: disco messages are as long as the largest
  /// packet they probe for (`docs/protocol/dataplane.md` §1.9).
  private static final int LONGEST_MESSAGE = 9000;

  private final Roster roster = new Roster();
  private final WireGuard wireGuard;
  private final MagicSock magicSock;
  private final Tunnel tunnel = new Tunnel();
  private final InTunnel inTunnel;
  private final Counters<EngineDrop> drops = new Counters<>(EngineDrop.class);
  private final byte[] message = new byte[LONGEST_MESSAGE];
  private final IpView ip = new IpView();
  private PacketFilter filter = PacketFilter.denyAll();
  private List<Ip> addresses = List.of();

  public NodeCore(Config config, Entropy entropy) {
    magicSock = new MagicSock(config.nodeKey().publicKey(), config.discoKey(), entropy);
    wireGuard =
        new WireGuard(
            new WireGuard.Config(config.nodeKey(), config.mtu(), config.aead()),
            new Directory(),
            entropy);
    inTunnel = new InTunnel(entropy, drops);
  }

  public DiscoKey discoKey() {
    return magicSock.discoKey();
  }

  /// Tells the time of day, at the start and whenever it was set: handshakes carry it.
  public void setWallClock(long now, Instant wallNow) {
    wireGuard.setWallClock(now, wallNow);
  }

  /// Goes on where an earlier process with this node key ended; see [#lastInitiationTime].
  public void resumeAfter(long unixNanos) {
    wireGuard.resumeAfter(unixNanos);
  }

  /// The time of day of the latest initiation, in nanoseconds since 1970: to be kept across
  /// restarts and told to the next core of this key, because peers refuse what is not newer.
  public long lastInitiationTime() {
    return wireGuard.lastInitiationTime();
  }

  /// Works with these peers and rules from now on. Sessions and paths of peers that stay are kept.
  ///
  /// @return what was not understood in the filter's rules, a sentence each
  public List<String> setConfig(long now, EngineConfig config, Output out) {
    addresses = config.addresses();
    filter = filter.with(config.filter());
    for (Roster.Entry gone : roster.replace(config.peers())) {
      wireGuard.remove(gone.id);
    }
    List<PeerPaths> paths = new ArrayList<>(config.peers().size());
    for (Roster.Entry entry : roster.all()) {
      if (entry.config.paths().expired()) {
        wireGuard.remove(entry.id); // a session would outlive the key by minutes, and be heard
      } else {
        wireGuard.update(entry.known);
      }
      paths.add(entry.config.paths());
    }
    tunnel.bind(now, out);
    magicSock.setPeers(now, paths, tunnel);
    return filter.faults();
  }

  public void setOwnEndpoints(long now, List<Endpoint> endpoints, Output out) {
    tunnel.bind(now, out);
    magicSock.setOwnEndpoints(now, endpoints, tunnel);
  }

  public void derpConnected(int region) {
    magicSock.derpConnected(region);
  }

  public void derpDisconnected(int region) {
    magicSock.derpDisconnected(region);
  }

  /// A relay says that a node is not connected to it.
  public void peerGone(int region, NodeKey peer) {
    magicSock.peerGone(region, peer);
  }

  /// The own sockets were bound anew, or the machine changed its network.
  public void rebind(long now) {
    magicSock.rebind(now);
  }

  /// Takes datagrams of one source, from memory on the heap.
  public void handleDatagrams(long now, Path from, Segments datagrams, Output out) {
    handleDatagrams(now, from, Datagrams.of(datagrams), out);
  }

  /// Takes datagrams of one source.
  public void handleDatagrams(long now, Path from, Datagrams datagrams, Output out) {
    tunnel.bind(now, out);
    WireGuardPath path = new WireGuardPath(from);
    int runStart = 0;
    int count = datagrams.count();
    for (int i = 0; i < count; i++) {
      if (!isWireGuard(now, from, datagrams, i, out)) {
        handleRun(now, path, datagrams, runStart, i);
        runStart = i + 1;
      }
    }
    handleRun(now, path, datagrams, runStart, count);
  }

  /// Takes back what [Output#open] asked for.
  public void handleOpened(long now, PathId from, SessionKey key, OpenedBatch opened, Output out) {
    tunnel.bind(now, out);
    wireGuard.handleOpened(now, from, key, opened, tunnel);
  }

  /// Shows what peers say in disco from now on; null ends it.
  public void tapDisco(MagicSock.@Nullable DiscoTap tap) {
    magicSock.tap(tap);
  }

  /// Takes IP packets of the own stack.
  public void handlePackets(long now, Segments packets, Output out) {
    tunnel.bind(now, out);
    Roster.Entry target = null;
    int runStart = 0;
    int count = packets.count();
    for (int i = 0; i < count; i++) {
      Roster.Entry next = route(packets.array(), packets.offset(i), packets.length(i));
      if (next != target) {
        sendRun(now, target, packets, runStart, i);
        target = next;
        runStart = i;
      }
    }
    sendRun(now, target, packets, runStart, count);
  }

  /// Pings the peer that has an address; [EngineEvent.PingAnswered] tells when an answer came.
  ///
  /// @param request comes back in the event; not negative
  /// @param size bytes of a disco ping's datagram; 0 for the smallest
  /// @return false when no peer has the address, or none of our addresses is of its family
  public boolean ping(long now, Ip target, PingKind kind, long request, int size, Output out) {
    tunnel.bind(now, out);
    Roster.Entry entry = roster.routeTo(target);
    Ip own = ownAddress(target.isV4());
    if (entry == null || own == null) {
      return false;
    }
    switch (kind) {
      case DISCO -> magicSock.ping(now, entry.key(), request, size, tunnel);
      case TSMP ->
          sendToPeer(now, entry, inTunnel.tsmpPing(now, entry.key(), request, own, target));
      case ICMP -> sendToPeer(now, entry, inTunnel.echo(now, entry.key(), request, own, target));
    }
    return true;
  }

  /// When to call [#handleTimeout] next; `Long.MAX_VALUE` for never.
  public long nextTimeout() {
    return Math.min(wireGuard.nextTimeout(), magicSock.nextTimeout());
  }

  public void handleTimeout(long now, Output out) {
    tunnel.bind(now, out);
    magicSock.handleTimeout(now, tunnel);
    wireGuard.handleTimeout(now, tunnel);
  }

  /// Which peer has an address, by the routes.
  public @Nullable NodeKey peerAt(Ip address) {
    Roster.Entry entry = roster.routeTo(address);
    return entry == null ? null : entry.key();
  }

  public List<PeerSnapshot> snapshots(long now) {
    List<PeerSnapshot> all = new ArrayList<>();
    for (Roster.Entry entry : roster.all()) {
      all.add(snapshot(now, entry));
    }
    return all;
  }

  public Counters<EngineDrop> drops() {
    return drops;
  }

  public Counters<Drop> wireGuardDrops() {
    return wireGuard.drops();
  }

  /// Disco messages dropped.
  public long discoDrops() {
    return magicSock.dropped();
  }

  private PeerSnapshot snapshot(long now, Roster.Entry entry) {
    PeerStats stats = wireGuard.stats(now, entry.id);
    PathStatus path = magicSock.status(now, entry.key());
    return new PeerSnapshot(
        entry.key(),
        path == null ? null : path.direct(),
        path == null ? 0 : path.relayRegion(),
        path == null ? 0 : path.latencyNanos(),
        stats.rxBytes(),
        stats.txBytes(),
        stats.lastHandshake(),
        path == null ? -1 : path.lastSend());
  }

  /// Sorts a datagram (`docs/protocol/dataplane.md` §2.4); all but WireGuard's are dealt with here.
  private boolean isWireGuard(long now, Path from, Datagrams datagrams, int i, Output out) {
    int size = datagrams.length(i);
    if (size >= 4 && datagrams.intAt(datagrams.offset(i)) >>> Byte.SIZE == 0) {
      return true; // the common case: of all that is spoken here only WireGuard has these zeros
    }
    int length = datagrams.copy(i, message);
    if (from instanceof Path.Udp(Endpoint remote)) {
      if (Stun.isStun(message, 0, length)) {
        out.stun(remote, message, 0, length);
        return false;
      }
      if (Geneve.looksLikeGeneve(message, 0, length)) {
        drops.add(EngineDrop.GENEVE);
        return false;
      }
    }
    return !magicSock.handleDatagram(now, from, message, 0, length, tunnel);
  }

  private void handleRun(long now, WireGuardPath from, Datagrams all, int start, int end) {
    if (start < end) {
      wireGuard.handleDatagrams(now, from, all.slice(start, end), tunnel);
    }
  }

  /// Who gets a packet of ours; null when it is dropped.
  private Roster.@Nullable Entry route(byte[] array, int offset, int length) {
    if (ip.wrap(array, offset, length) != PacketCheck.VALID) {
      drops.add(EngineDrop.BAD_PACKET);
      return null;
    }
    Roster.Entry entry = roster.routeTo(ip.destinationHigh(), ip.destinationLow());
    if (entry == null) {
      drops.add(EngineDrop.NO_ROUTE);
      return null;
    }
    if (!filter.out(array, offset, length).isAccepted()) {
      drops.add(EngineDrop.REFUSED_OUT);
      return null;
    }
    return entry;
  }

  private void sendRun(long now, Roster.@Nullable Entry target, Segments all, int start, int end) {
    if (target != null && start < end) {
      wireGuard.handlePackets(now, target.id, slice(all, start, end), tunnel);
    }
  }

  private void sendToPeer(long now, Roster.Entry to, byte[] packet) {
    wireGuard.handlePackets(now, to.id, Segments.single(packet, 0, packet.length), tunnel);
  }

  private @Nullable Ip ownAddress(boolean v4) {
    for (Ip address : addresses) {
      if (address.isV4() == v4) {
        return address;
      }
    }
    return null;
  }

  private static Segments slice(Segments all, int start, int end) {
    if (start == 0 && end == all.count()) {
      return all;
    }
    int from = all.offset(start);
    int to = end == all.count() ? all.offset() + all.length() : all.offset(end);
    return Segments.of(all.array(), from, to - from, all.segmentSize());
  }

  /// Joins WireGuard and the paths to each other and to the caller's output, for the call at hand.
  private final class Tunnel implements WireGuard.Output, MagicSock.Output {
    private long now;
    private @Nullable Output out;

    void bind(long now, Output out) {
      this.now = now;
      this.out = out;
    }

    // ---- WireGuard.Output

    @Override
    public void seal(SessionKey key, long firstCounter, Segments plain) {
      Roster.Entry peer = roster.byId(key.peer());
      if (peer == null) {
        return;
      }
      Destination to = magicSock.destination(now, peer.key());
      output().seal(key, firstCounter, plain, to);
      if (!to.isProven()) {
        magicSock.discover(now, peer.key(), this);
      }
    }

    @Override
    public void open(SessionKey key, Datagrams batch, PathId from) {
      output().open(key, batch, from);
    }

    @Override
    public void transmit(PeerId id, Segments datagram) {
      Roster.Entry peer = roster.byId(id);
      if (peer == null) {
        return;
      }
      Destination to = magicSock.destination(now, peer.key());
      to.forEach(path -> output().transmit(path, datagram));
      if (!to.isProven()) {
        magicSock.discover(now, peer.key(), this);
      }
    }

    @Override
    public void reply(PathId to, Segments datagram) {
      if (to instanceof WireGuardPath(Path path)) {
        output().transmit(path, datagram);
      }
    }

    @Override
    public void deliver(PeerId from, Segments packets) {
      Roster.Entry peer = roster.byId(from);
      if (peer == null) {
        return;
      }
      int runStart = 0;
      int count = packets.count();
      for (int i = 0; i < count; i++) {
        if (!isForStack(peer, packets.array(), packets.offset(i), packets.length(i))) {
          deliverRun(packets, runStart, i);
          runStart = i + 1;
        }
      }
      deliverRun(packets, runStart, count);
    }

    @Override
    public void heard(PeerId peer, PathId from) {
      Roster.Entry entry = roster.byId(peer);
      if (entry != null && from instanceof WireGuardPath(Path path)) {
        magicSock.authenticated(entry.key(), path);
      }
    }

    @Override
    public void event(SessionEvent event) {
      switch (event) {
        case SessionEvent.SessionEstablished(PeerId id, _) -> {
          Roster.Entry entry = roster.byId(id);
          if (entry != null) {
            output().event(new EngineEvent.SessionEstablished(entry.key()));
          }
        }
        case SessionEvent.HandshakeGaveUp(PeerId id) -> {
          Roster.Entry entry = roster.byId(id);
          if (entry != null) {
            output().event(new EngineEvent.HandshakeGaveUp(entry.key()));
          }
        }
        case SessionEvent.SessionsCleared _ -> {}
      }
    }

    // ---- MagicSock.Output

    @Override
    public void transmit(Path to, Segments datagrams) {
      output().transmit(to, datagrams);
    }

    @Override
    public void needEndpoints() {
      output().needEndpoints();
    }

    @Override
    public void pingResult(long request, NodeKey peer, Path via, long latencyNanos) {
      output().event(new EngineEvent.PingAnswered(request, peer, via, latencyNanos, 0));
    }

    @Override
    public void pathChanged(NodeKey peer, @Nullable Endpoint direct) {
      output().event(new EngineEvent.PathChanged(peer, direct));
    }

    private boolean isForStack(Roster.Entry peer, byte[] array, int offset, int length) {
      Verdict verdict = filter.in(array, offset, length);
      if (verdict == Verdict.ACCEPT) {
        return !consume(peer, inTunnel.handle(now, peer.key(), array, offset, length));
      }
      drops.add(EngineDrop.REFUSED_IN);
      if (verdict == Verdict.REJECT_SYN) {
        sendToPeer(now, peer, InTunnel.reject(array, offset, length, filter.rejectReason()));
      }
      return false;
    }

    /// Acts on a packet that was for the engine itself; false when it is the stack's.
    private boolean consume(Roster.Entry peer, InTunnel.Outcome outcome) {
      switch (outcome) {
        case InTunnel.Outcome.ForStack _ -> {
          return false;
        }
        case InTunnel.Outcome.Reply(byte[] packet) -> sendToPeer(now, peer, packet);
        case InTunnel.Outcome.Tell(EngineEvent event) -> output().event(event);
        case InTunnel.Outcome.NewDiscoKey(DiscoKey key) ->
            magicSock.setDiscoKey(now, peer.key(), key, this);
        case InTunnel.Outcome.Dropped _ -> {}
      }
      return true;
    }

    private void deliverRun(Segments all, int start, int end) {
      if (start < end) {
        output().deliver(slice(all, start, end));
      }
    }

    private Output output() {
      Output bound = out;
      if (bound == null) {
        throw new IllegalStateException("an output outside a call");
      }
      return bound;
    }
  }

  /// What WireGuard asks about peers.
  private final class Directory implements PeerSource {
    @Override
    public @Nullable KnownPeer byKey(NodeKey key) {
      return known(roster.byKey(key));
    }

    @Override
    public @Nullable KnownPeer byId(PeerId id) {
      return known(roster.byId(id));
    }

    @Override
    public boolean isExpected(PathId from) {
      return from instanceof WireGuardPath(Path path) && magicSock.isExpected(path);
    }

    /// Our disco key, so that the peer finds paths even when control cannot tell it.
    @Override
    public int priorityMessage(PeerId to, byte[] into) {
      Roster.Entry peer = roster.byId(to);
      for (Ip own : addresses) {
        Ip remote = peer == null ? null : peer.address(own.isV4());
        if (remote != null) {
          byte[] packet = InTunnel.discoAdvert(own, remote, discoKey());
          System.arraycopy(packet, 0, into, 0, packet.length);
          return packet.length;
        }
      }
      return 0;
    }

    private static @Nullable KnownPeer known(Roster.@Nullable Entry entry) {
      return entry == null || entry.config.paths().expired() ? null : entry.known;
    }
  }
}

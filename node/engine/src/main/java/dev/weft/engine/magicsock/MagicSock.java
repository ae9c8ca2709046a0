package dev.weft.engine.magicsock;

import dev.weft.base.Deadlines;
import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.base.Segments;
import dev.weft.crypto.Box;
import dev.weft.disco.DiscoMessage;
import dev.weft.disco.DiscoPacket;
import dev.weft.disco.TxId;
import dev.weft.engine.Destination;
import dev.weft.engine.Path;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.DiscoPrivateKey;
import dev.weft.keys.NodeKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Chooses the path to each peer, and finds better ones.
///
/// Owns what is known of the paths to the peers of the network map. Call [#setPeers] with each new
/// map, [#destination] for every batch of WireGuard datagrams to go out, [#handleDatagram] for
/// every datagram that came in and is not STUN, and [#handleTimeout] when [#nextTimeout] has come.
/// Does not look into WireGuard, open sockets, or decide which relay is our home.
public final class MagicSock {
  /// What is to be done.
  public interface Output {
    void transmit(Path to, Segments datagrams);

    /// A peer is to be told our endpoints, and those we know are too old: look again, then
    /// [#setOwnEndpoints].
    void needEndpoints();

    /// The first pong to a ping of [#ping].
    void pingResult(long request, NodeKey peer, Path via, long latencyNanos);

    /// Traffic to the peer now goes straight to `direct`, or through its relay when that is null.
    void pathChanged(NodeKey peer, @Nullable Endpoint direct);
  }

  /// Is shown what peers say in disco, opened, while somebody captures it.
  @FunctionalInterface
  public interface DiscoTap {
    void received(Path from, byte[] message);
  }

  /// How a pong names a relay as the source of a ping (`docs/protocol/dataplane.md` §3.2).
  private static final Ip RELAY_ADDRESS = Ip.v4(127 << 24 | 3 << 16 | 3 << 8 | 40);

  /// A ping with our node key and no padding (§2.2).
  private static final int PLAIN_PING_BYTES = 124;

  /// The largest UDP payload that fits the largest probed packet (§1.9, §2.2).
  private static final int MAX_PING_BYTES = 9000 - 28;

  private final NodeKey self;
  private final DiscoPrivateKey privateKey;
  private final Entropy entropy;
  private final PeerLink.Shared shared = new LinkServices();
  private final Deadlines<PeerLink> timers = new Deadlines<>();
  private final Map<NodeKey, PeerLink> links = new LinkedHashMap<>();
  private final Map<DiscoKey, Correspondent> correspondents = new LinkedHashMap<>();
  private final AddressBook addresses = new AddressBook();
  private final Set<Endpoint> mapped = new HashSet<>();
  private final Set<Integer> connectedRegions = new LinkedHashSet<>();
  private List<Endpoint> ownEndpoints = List.of();
  private long ownEndpointsAt = Candidate.NEVER;
  private long dropped;
  private @Nullable DiscoTap tap;

  public MagicSock(NodeKey self, DiscoPrivateKey privateKey, Entropy entropy) {
    this.self = self;
    this.privateKey = privateKey;
    this.entropy = entropy;
  }

  /// What the network map must say of us, so that peers open our messages.
  public DiscoKey discoKey() {
    return privateKey.publicKey();
  }

  /// Replaces the peers. What is known of those that stay is kept, unless their disco key is new.
  public void setPeers(long now, Collection<PeerPaths> peers, Output out) {
    Set<NodeKey> gone = new LinkedHashSet<>(links.keySet());
    mapped.clear();
    for (PeerPaths peer : peers) {
      mapped.addAll(peer.endpoints());
      gone.remove(peer.key());
      PeerLink link = links.get(peer.key());
      if (link == null) {
        links.put(peer.key(), new PeerLink(now, peer, timers, shared));
      } else {
        link.update(now, peer, out);
        rearm(link);
      }
    }
    for (NodeKey key : gone) {
      PeerLink link = links.remove(key);
      if (link != null) {
        timers.set(link.deadline, Deadlines.NEVER);
        addresses.forget(key);
      }
    }
    indexByDisco();
  }

  /// The peer itself, inside the tunnel, has told its disco key: it has started anew, and control
  /// has not told us yet, or cannot. It stands until a map brings one that the map before did not.
  public void setDiscoKey(long now, NodeKey peer, DiscoKey disco, Output out) {
    PeerLink link = links.get(peer);
    if (link == null || link.peer().disco().equals(disco)) {
      return;
    }
    link.learn(now, disco, out);
    rearm(link);
    indexByDisco();
  }

  /// Our endpoints, freshly looked up. Peers that wait to be called are called now.
  public void setOwnEndpoints(long now, List<Endpoint> endpoints, Output out) {
    ownEndpoints = List.copyOf(endpoints);
    ownEndpointsAt = now;
    for (PeerLink link : links.values()) {
      if (link.owesCall) {
        shared.callMeMaybe(now, link, out);
      }
    }
  }

  public void derpConnected(int region) {
    connectedRegions.add(region);
  }

  public void derpDisconnected(int region) {
    connectedRegions.remove(region);
    for (PeerLink link : links.values()) {
      link.goneFromRelay(region);
    }
  }

  /// The relay says that the peer is not connected there (any more).
  public void peerGone(int region, NodeKey peer) {
    PeerLink link = links.get(peer);
    if (link != null) {
      link.goneFromRelay(region);
    }
  }

  /// Where WireGuard datagrams to a peer go that are sent now: nowhere when it is not in the map.
  /// When they are sent and the destination is not proven, [#discover] follows.
  public Destination destination(long now, NodeKey peer) {
    PeerLink link = links.get(peer);
    if (link == null) {
      dropped++;
      return Destination.NOWHERE;
    }
    Destination to = link.destination(now);
    rearm(link);
    return to;
  }

  /// Looks for a direct path to a peer that has just been sent to.
  public void discover(long now, NodeKey peer, Output out) {
    PeerLink link = links.get(peer);
    if (link != null) {
      link.discover(now, out);
      rearm(link);
    }
  }

  /// Pings a peer on somebody's request: over the direct path, or over all there are.
  ///
  /// @param request comes back in [Output#pingResult]; not negative
  /// @param size bytes of the datagram; 0 for the smallest
  public void ping(long now, NodeKey peer, long request, int size, Output out) {
    PeerLink link = links.get(peer);
    if (link != null) {
      int padding = Math.max(0, Math.min(size, MAX_PING_BYTES) - PLAIN_PING_BYTES);
      link.pingOnRequest(now, request, padding, out);
      rearm(link);
    }
  }

  /// Shows each message from now on; null ends it.
  public void tap(@Nullable DiscoTap newer) {
    tap = newer;
  }

  /// Takes a datagram if it is disco: then returns true, whether it was of use or dropped.
  public boolean handleDatagram(
      long now, Path from, byte[] array, int offset, int length, Output out) {
    if (!DiscoPacket.looksLikeDisco(array, offset, length)) {
      return false;
    }
    Correspondent sender = correspondents.get(DiscoPacket.sender(array, offset));
    if (sender == null) {
      dropped++; // a stranger, or a peer whose new key has not reached us: no cryptography for it
      return true;
    }
    byte[] plain = DiscoPacket.unseal(sender.box(), array, offset, length).orElse(null);
    if (plain != null && tap != null) {
      tap.received(from, plain);
    }
    DiscoMessage message =
        plain == null ? null : DiscoMessage.parse(plain, 0, plain.length).orElse(null);
    if (message == null || !handle(now, from, sender, message, out)) {
      dropped++;
    }
    return true;
  }

  /// Which peer is behind a path; null when that is not known.
  public @Nullable NodeKey peerOf(Path from) {
    return switch (from) {
      case Path.Udp(Endpoint remote) -> addresses.peerAt(remote);
      case Path.Derp(_, NodeKey peer) -> links.containsKey(peer) ? peer : null;
    };
  }

  /// Whether a peer may well be behind a path: one was heard there, the map names it, or a relay
  /// vouches for the sender. An address of UDP can be forged all the same.
  public boolean isExpected(Path from) {
    return switch (from) {
      case Path.Udp(Endpoint remote) -> addresses.peerAt(remote) != null || mapped.contains(remote);
      case Path.Derp(_, NodeKey peer) -> links.containsKey(peer);
    };
  }

  /// WireGuard has authenticated a packet of this peer that came from there.
  public void authenticated(NodeKey peer, Path from) {
    PeerLink link = links.get(peer);
    if (link == null) {
      return;
    }
    switch (from) {
      case Path.Udp(Endpoint remote) -> addresses.put(remote, peer);
      case Path.Derp(int region, NodeKey sender) -> {
        if (sender.equals(peer)) {
          link.heardThroughRelay(region);
        }
      }
    }
  }

  /// Our sockets were bound anew, or the machine changed its network: every path has to prove
  /// itself again, and our endpoints are unknown.
  public void rebind(long now) {
    ownEndpointsAt = Candidate.NEVER;
    for (PeerLink link : links.values()) {
      link.forgetTrust(now);
    }
  }

  public long nextTimeout() {
    return timers.next();
  }

  public void handleTimeout(long now, Output out) {
    PeerLink due;
    while ((due = timers.poll(now)) != null) {
      due.handleTimeout(now, out);
      rearm(due);
    }
  }

  /// How traffic to a peer goes; null for a node that is not in the map.
  public @Nullable PathStatus status(long now, NodeKey peer) {
    PeerLink link = links.get(peer);
    return link == null ? null : link.status(now);
  }

  /// Datagrams dropped: of strangers, that did not open, that answered nothing, or to nobody.
  public long dropped() {
    return dropped;
  }

  static Endpoint relayEndpoint(int region) {
    return new Endpoint(RELAY_ADDRESS, region);
  }

  /// Returns false for a message that is to be dropped.
  private boolean handle(
      long now, Path from, Correspondent sender, DiscoMessage message, Output out) {
    return switch (message) {
      case DiscoMessage.Ping ping -> handlePing(now, from, sender, ping, out);
      case DiscoMessage.Pong pong -> handlePong(now, from, sender, pong, out);
      case DiscoMessage.CallMeMaybe(List<Endpoint> endpoints) -> {
        // §2.3: by relay only, where the source is proven, and it must be the sealing key's node.
        PeerLink link = from instanceof Path.Derp(_, NodeKey peer) ? sender.linkOf(peer) : null;
        if (link == null) {
          yield false;
        }
        link.handleCall(now, endpoints, out);
        rearm(link);
        yield true;
      }
      case DiscoMessage.BindUdpRelayEndpoint _,
          DiscoMessage.BindUdpRelayEndpointChallenge _,
          DiscoMessage.BindUdpRelayEndpointAnswer _,
          DiscoMessage.CallMeMaybeVia _,
          DiscoMessage.AllocateUdpRelayEndpointRequest _,
          DiscoMessage.AllocateUdpRelayEndpointResponse _ ->
          false; // peer relays are not supported
    };
  }

  private boolean handlePing(
      long now, Path from, Correspondent sender, DiscoMessage.Ping ping, Output out) {
    PeerLink link = whoPinged(from, sender, ping);
    if (link == null || link.peer().expired()) {
      return false;
    }
    if (from instanceof Path.Udp(Endpoint remote)) {
      addresses.put(remote, link.peer().key());
    }
    link.handlePing(now, from, ping, out);
    rearm(link);
    return true;
  }

  /// Several nodes may share a disco key. The relay's word, then the ping's own, tells which it is.
  private static @Nullable PeerLink whoPinged(
      Path from, Correspondent sender, DiscoMessage.Ping ping) {
    if (from instanceof Path.Derp(_, NodeKey peer)) {
      return sender.linkOf(peer);
    }
    NodeKey named = ping.nodeKey();
    PeerLink link = named == null ? null : sender.linkOf(named);
    return link == null && sender.links.size() == 1 ? sender.links.getFirst() : link;
  }

  private boolean handlePong(
      long now, Path from, Correspondent sender, DiscoMessage.Pong pong, Output out) {
    for (PeerLink link : sender.links) {
      if (link.handlePong(now, from, pong, out)) {
        rearm(link);
        return true;
      }
    }
    return false;
  }

  private void indexByDisco() {
    Map<DiscoKey, Correspondent> before = new LinkedHashMap<>(correspondents);
    correspondents.clear();
    for (PeerLink link : links.values()) {
      DiscoKey key = link.peer().disco();
      if (!key.isZero()) {
        Correspondent known = before.get(key);
        correspondents
            .computeIfAbsent(
                key, k -> known == null ? new Correspondent(k) : new Correspondent(known))
            .links
            .add(link);
      }
    }
  }

  private void rearm(PeerLink link) {
    timers.set(link.deadline, link.nextTimeout());
  }

  /// A disco key of the map and the nodes that use it.
  private final class Correspondent {
    final List<PeerLink> links = new ArrayList<>(1);
    private final DiscoKey key;
    private @Nullable Box box;

    Correspondent(DiscoKey key) {
      this.key = key;
    }

    Correspondent(Correspondent known) {
      this.key = known.key;
      this.box = known.box;
    }

    /// The agreement costs a hundred microseconds: made when first needed, then kept.
    Box box() {
      Box made = box;
      if (made == null) {
        made = privateKey.box(key);
        box = made;
      }
      return made;
    }

    @Nullable PeerLink linkOf(NodeKey node) {
      for (PeerLink link : links) {
        if (link.peer().key().equals(node)) {
          return link;
        }
      }
      return null;
    }
  }

  private final class LinkServices implements PeerLink.Shared {
    @Override
    public void sendDisco(Path to, PeerLink link, DiscoMessage message, Output out) {
      Correspondent correspondent = correspondents.get(link.peer().disco());
      if (correspondent != null) {
        byte[] packet = DiscoPacket.seal(discoKey(), correspondent.box(), entropy, message);
        out.transmit(to, Segments.single(packet, 0, packet.length));
      }
    }

    @Override
    public void callMeMaybe(long now, PeerLink link, Output out) {
      Path relayed = link.relayPath();
      if (relayed == null) {
        return;
      }
      link.owesCall = now - ownEndpointsAt >= Timing.ENDPOINTS_FRESH;
      if (link.owesCall) {
        out.needEndpoints();
      } else {
        sendDisco(relayed, link, new DiscoMessage.CallMeMaybe(ownEndpoints), out);
      }
    }

    @Override
    public NodeKey self() {
      return self;
    }

    @Override
    public TxId newTxId() {
      return TxId.random(entropy);
    }

    @Override
    public boolean isConnected(int region) {
      return connectedRegions.contains(region);
    }

    @Override
    public void pathFound(Endpoint endpoint, PeerLink link) {
      addresses.put(endpoint, link.peer().key());
    }
  }
}

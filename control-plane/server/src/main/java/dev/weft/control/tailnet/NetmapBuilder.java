package dev.weft.control.tailnet;

import dev.weft.json.Json;
import dev.weft.json.RawJson;
import dev.weft.tailcfg.Debug;
import dev.weft.tailcfg.DnsConfig;
import dev.weft.tailcfg.FilterChunk;
import dev.weft.tailcfg.FilterRule;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.NetPortRange;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.PortRange;
import dev.weft.tailcfg.UserProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Says what a node is told about itself, its peers and its tailnet (`docs/protocol/control.md`
/// §5.5 and §7.1).
///
/// A peer looks the same to every viewer, so its encoding is kept until the peer changes.
final class NetmapBuilder {
  /// Everybody may reach everybody until there is a policy.
  private static final SortedMap<String, FilterChunk> ALLOW_ALL =
      new TreeMap<>(
          Map.of(
              "base",
              FilterChunk.of(
                  List.of(
                      FilterRule.builder()
                          .srcIps(List.of("*"))
                          .dstPorts(List.of(new NetPortRange("*", PortRange.ALL)))
                          .build()))));

  /// Nobody may log in by SSH until there is a policy.
  private static final RawJson NO_SSH = new RawJson("{\"rules\":[]}");

  private static final SortedMap<String, List<RawJson>> SELF_CAPS =
      new TreeMap<>(
          Map.of(
              // Clients then start and reach each other while this control plane is down.
              "cache-network-maps",
              List.of(),
              "https://tailscale.com/cap/file-sharing",
              List.of(),
              "default-auto-update",
              List.of(new RawJson("false"))));

  private final TailnetConfig config;
  private final TailnetState state;
  private final Map<Long, EncodedPeer> encodedPeers = new HashMap<>();

  NetmapBuilder(TailnetConfig config, TailnetState state) {
    this.config = config;
    this.state = state;
  }

  /// The first message of a stream without the peers: everything but them is in it.
  MapResponse head(Instant now, RegisteredNode viewer, List<UserProfile> profiles) {
    return MapResponse.builder()
        .node(self(now, viewer))
        .derpMap(config.derpMap())
        .domain(config.domain())
        .collectServices(false)
        .dnsConfig(dns())
        .packetFilters(ALLOW_ALL)
        .sshPolicy(NO_SSH)
        .userProfiles(profiles)
        .health(health(viewer))
        .debug(Debug.builder().disableLogTail(true).build())
        .controlTime(now)
        .build();
  }

  /// What its user should know, shown by the clients' `status`. Empty clears it.
  List<String> health(RegisteredNode node) {
    List<String> missing = new ArrayList<>(NodeUpdates.wantedTags(node.hostinfo()));
    missing.removeAll(node.tags());
    return missing.isEmpty()
        ? List.of()
        : List.of(
            "This node asks for "
                + String.join(", ", missing)
                + " and does not have it: log in again as one of its owners, or ask an admin.");
  }

  Node self(Instant now, RegisteredNode node) {
    return common(now, node)
        .hostinfo(node.hostinfo())
        .capMap(SELF_CAPS)
        .online(true)
        .machineAuthorized(!node.isExpired(now))
        .build();
  }

  /// A peer, encoded.
  RawJson peer(Instant now, RegisteredNode node) {
    boolean online = state.isOnline(node.id());
    boolean expired = node.isExpired(now);
    EncodedPeer encoded = encodedPeers.get(node.id());
    if (encoded == null || !encoded.isOf(node, online, expired)) {
      String text = Json.encodeToText(Node.JSON, peerNode(now, node, online));
      encoded = new EncodedPeer(node, online, expired, new RawJson(text));
      encodedPeers.put(node.id(), encoded);
    }
    return encoded.json;
  }

  /// To be called when a node is gone.
  void forget(long nodeId) {
    encodedPeers.remove(nodeId);
  }

  /// Whom this node may see. An expired node is told of nobody, and stays visible as expired
  /// itself.
  Collection<RegisteredNode> peersOf(Instant now, RegisteredNode viewer) {
    return viewer.isExpired(now)
        ? List.of()
        : state.nodes().stream().filter(node -> node.id() != viewer.id()).toList();
  }

  UserProfile profile(RegisteredNode node) {
    TailnetUser owner = state.owner(node);
    return UserProfile.builder()
        .id(owner.id())
        .loginName(owner.name())
        .displayName(owner.displayName())
        .build();
  }

  private Node peerNode(Instant now, RegisteredNode node, boolean online) {
    Node.Builder peer =
        common(now, node)
            .hostinfo(PeerHostinfo.of(node.hostinfo()))
            .online(online)
            .machineAuthorized(true);
    return online ? peer.build() : peer.lastSeen(node.lastSeen()).build();
  }

  private Node.Builder common(Instant now, RegisteredNode node) {
    return Node.builder()
        .id(node.id())
        .stableId(node.stableId())
        .name(config.fqdn(node))
        .user(state.owner(node).id())
        .key(node.nodeKey())
        .keyExpiry(node.keyExpiry())
        .expired(node.isExpired(now))
        .machine(node.machineKey())
        .discoKey(node.discoKey())
        .addresses(node.addresses())
        .allowedIps(node.addresses())
        // Explicit even when empty: a client loses a later change from absent
        // (`docs/protocol/control.md` §5.3).
        .endpoints(node.endpoints())
        .homeDerp(node.homeDerp())
        .created(node.created())
        .cap(node.cap())
        .tags(node.tags());
  }

  private DnsConfig dns() {
    return DnsConfig.builder()
        .proxied(true)
        .domains(List.of(config.domain()))
        .routes(new TreeMap<>(Map.of(config.domain(), List.of())))
        .build();
  }

  private record EncodedPeer(RegisteredNode node, boolean online, boolean expired, RawJson json) {
    // Records are replaced, never changed: the same object is the same state.
    @SuppressWarnings("ReferenceEquality")
    boolean isOf(RegisteredNode other, boolean isOnline, boolean isExpired) {
      return node == other && online == isOnline && expired == isExpired;
    }
  }
}

package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.INT;
import static dev.weft.json.JsonTypes.LONG;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.TIME;
import static dev.weft.json.JsonTypes.TRI_STATE;
import static dev.weft.json.JsonTypes.listOf;
import static dev.weft.json.JsonTypes.mapOfLists;
import static dev.weft.tailcfg.WireTypes.BYTES;
import static dev.weft.tailcfg.WireTypes.DISCO_KEY;
import static dev.weft.tailcfg.WireTypes.ENDPOINT;
import static dev.weft.tailcfg.WireTypes.IP;
import static dev.weft.tailcfg.WireTypes.MACHINE_KEY;
import static dev.weft.tailcfg.WireTypes.NODE_KEY;
import static dev.weft.tailcfg.WireTypes.PREFIX;
import static dev.weft.tailcfg.WireTypes.REGION;
import static java.util.Collections.unmodifiableSortedMap;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.json.RawJson;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.MachineKey;
import dev.weft.keys.NodeKey;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A node of the tailnet, `docs/protocol/control.md` §5.5.
///
/// @param name fully qualified, with the trailing dot
/// @param keyExpiry absent means never
/// @param addresses the IPv4 address first
/// @param allowedIps absent means the addresses
/// @param homeDerp 0 while unknown
/// @param online absent means unknown
public record Node(
    long id,
    String stableId,
    String name,
    long user,
    long sharer,
    NodeKey key,
    @Nullable Instant keyExpiry,
    @Nullable Bytes keySignature,
    @Nullable MachineKey machine,
    @Nullable DiscoKey discoKey,
    List<IpPrefix> addresses,
    @Nullable List<IpPrefix> allowedIps,
    @Nullable List<Endpoint> endpoints,
    int homeDerp,
    @Nullable Hostinfo hostinfo,
    @Nullable Instant created,
    int cap,
    List<String> tags,
    List<IpPrefix> primaryRoutes,
    @Nullable Instant lastSeen,
    @Nullable Boolean online,
    boolean machineAuthorized,
    List<String> capabilities,
    SortedMap<String, List<RawJson>> capMap,
    boolean unsignedPeerApiOnly,
    String computedName,
    String computedNameWithHost,
    String dataPlaneAuditLogId,
    boolean expired,
    @Nullable Ip selfNodeV4MasqAddrForThisPeer,
    @Nullable Ip selfNodeV6MasqAddrForThisPeer,
    boolean isWireGuardOnly,
    boolean isJailed,
    List<Resolver> exitNodeDnsResolvers) {

  public static final JsonType<Node> JSON =
      ObjectType.<Node, Builder>of(Builder::new, Builder::build)
          .always("ID", LONG, Node::id, Builder::id)
          .always("StableID", STRING, Node::stableId, Builder::stableId)
          .always("Name", STRING, Node::name, Builder::name)
          .always("User", LONG, Node::user, Builder::user)
          .omit("Sharer", LONG, Node::sharer, Builder::sharer)
          .always("Key", NODE_KEY, Node::key, Builder::key)
          .omit("KeyExpiry", TIME, Node::keyExpiry, Builder::keyExpiry)
          .omit("KeySignature", BYTES, Node::keySignature, Builder::keySignature)
          .omit("Machine", MACHINE_KEY, Node::machine, Builder::machine)
          .omit("DiscoKey", DISCO_KEY, Node::discoKey, Builder::discoKey)
          .always("Addresses", listOf(PREFIX), Node::addresses, Builder::addresses)
          .omitNull("AllowedIPs", listOf(PREFIX), Node::allowedIps, Builder::allowedIps)
          .omitNull("Endpoints", listOf(ENDPOINT), Node::endpoints, Builder::endpoints)
          .omit("HomeDERP", REGION, Node::homeDerp, Builder::homeDerp)
          .omit("Hostinfo", Hostinfo.JSON, Node::hostinfo, Builder::hostinfo)
          .omit("Created", TIME, Node::created, Builder::created)
          .omit("Cap", INT, Node::cap, Builder::cap)
          .omit("Tags", listOf(STRING), Node::tags, Builder::tags)
          .omit("PrimaryRoutes", listOf(PREFIX), Node::primaryRoutes, Builder::primaryRoutes)
          .omit("LastSeen", TIME, Node::lastSeen, Builder::lastSeen)
          .omit("Online", TRI_STATE, Node::online, Builder::online)
          .omit("MachineAuthorized", BOOL, Node::machineAuthorized, Builder::machineAuthorized)
          .omit("Capabilities", listOf(STRING), Node::capabilities, Builder::capabilities)
          .omit("CapMap", mapOfLists(RawJson.JSON), Node::capMap, Builder::capMap)
          .omit(
              "UnsignedPeerAPIOnly", BOOL, Node::unsignedPeerApiOnly, Builder::unsignedPeerApiOnly)
          .omit("ComputedName", STRING, Node::computedName, Builder::computedName)
          .omit(
              "ComputedNameWithHost",
              STRING,
              Node::computedNameWithHost,
              Builder::computedNameWithHost)
          .omit(
              "DataPlaneAuditLogID",
              STRING,
              Node::dataPlaneAuditLogId,
              Builder::dataPlaneAuditLogId)
          .omit("Expired", BOOL, Node::expired, Builder::expired)
          .omit(
              "SelfNodeV4MasqAddrForThisPeer",
              IP,
              Node::selfNodeV4MasqAddrForThisPeer,
              Builder::selfNodeV4MasqAddrForThisPeer)
          .omit(
              "SelfNodeV6MasqAddrForThisPeer",
              IP,
              Node::selfNodeV6MasqAddrForThisPeer,
              Builder::selfNodeV6MasqAddrForThisPeer)
          .omit("IsWireGuardOnly", BOOL, Node::isWireGuardOnly, Builder::isWireGuardOnly)
          .omit("IsJailed", BOOL, Node::isJailed, Builder::isJailed)
          .omit(
              "ExitNodeDNSResolvers",
              listOf(Resolver.JSON),
              Node::exitNodeDnsResolvers,
              Builder::exitNodeDnsResolvers)
          .build();

  public Node {
    addresses = List.copyOf(addresses);
    allowedIps = allowedIps == null ? null : List.copyOf(allowedIps);
    endpoints = endpoints == null ? null : List.copyOf(endpoints);
    tags = List.copyOf(tags);
    primaryRoutes = List.copyOf(primaryRoutes);
    capabilities = List.copyOf(capabilities);
    capMap = unmodifiableSortedMap(new TreeMap<>(capMap));
    exitNodeDnsResolvers = List.copyOf(exitNodeDnsResolvers);
  }

  public static Builder builder() {
    return new Builder();
  }

  /// What this node may be sent and may send from.
  public List<IpPrefix> effectiveAllowedIps() {
    return allowedIps == null ? addresses : allowedIps;
  }

  public List<Endpoint> knownEndpoints() {
    return endpoints == null ? List.of() : endpoints;
  }

  public boolean hasCap(String capability) {
    return capMap.containsKey(capability) || capabilities.contains(capability);
  }

  public Builder toBuilder() {
    return new Builder()
        .id(id)
        .stableId(stableId)
        .name(name)
        .user(user)
        .sharer(sharer)
        .key(key)
        .keyExpiry(keyExpiry)
        .keySignature(keySignature)
        .machine(machine)
        .discoKey(discoKey)
        .addresses(addresses)
        .allowedIps(allowedIps)
        .endpoints(endpoints)
        .homeDerp(homeDerp)
        .hostinfo(hostinfo)
        .created(created)
        .cap(cap)
        .tags(tags)
        .primaryRoutes(primaryRoutes)
        .lastSeen(lastSeen)
        .online(online)
        .machineAuthorized(machineAuthorized)
        .capabilities(capabilities)
        .capMap(capMap)
        .unsignedPeerApiOnly(unsignedPeerApiOnly)
        .computedName(computedName)
        .computedNameWithHost(computedNameWithHost)
        .dataPlaneAuditLogId(dataPlaneAuditLogId)
        .expired(expired)
        .selfNodeV4MasqAddrForThisPeer(selfNodeV4MasqAddrForThisPeer)
        .selfNodeV6MasqAddrForThisPeer(selfNodeV6MasqAddrForThisPeer)
        .isWireGuardOnly(isWireGuardOnly)
        .isJailed(isJailed)
        .exitNodeDnsResolvers(exitNodeDnsResolvers);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private long id;
    private String stableId = "";
    private String name = "";
    private long user;
    private long sharer;
    private NodeKey key = NodeKey.ZERO;
    private @Nullable Instant keyExpiry;
    private @Nullable Bytes keySignature;
    private @Nullable MachineKey machine;
    private @Nullable DiscoKey discoKey;
    private List<IpPrefix> addresses = List.of();
    private @Nullable List<IpPrefix> allowedIps;
    private @Nullable List<Endpoint> endpoints;
    private int homeDerp;
    private @Nullable Hostinfo hostinfo;
    private @Nullable Instant created;
    private int cap;
    private List<String> tags = List.of();
    private List<IpPrefix> primaryRoutes = List.of();
    private @Nullable Instant lastSeen;
    private @Nullable Boolean online;
    private boolean machineAuthorized;
    private List<String> capabilities = List.of();
    private SortedMap<String, List<RawJson>> capMap = Collections.emptySortedMap();
    private boolean unsignedPeerApiOnly;
    private String computedName = "";
    private String computedNameWithHost = "";
    private String dataPlaneAuditLogId = "";
    private boolean expired;
    private @Nullable Ip selfNodeV4MasqAddrForThisPeer;
    private @Nullable Ip selfNodeV6MasqAddrForThisPeer;
    private boolean isWireGuardOnly;
    private boolean isJailed;
    private List<Resolver> exitNodeDnsResolvers = List.of();

    private Builder() {}

    public Builder id(long id) {
      this.id = id;
      return this;
    }

    public Builder stableId(String stableId) {
      this.stableId = stableId;
      return this;
    }

    public Builder name(String name) {
      this.name = name;
      return this;
    }

    public Builder user(long user) {
      this.user = user;
      return this;
    }

    public Builder sharer(long sharer) {
      this.sharer = sharer;
      return this;
    }

    public Builder key(NodeKey key) {
      this.key = key;
      return this;
    }

    public Builder keyExpiry(@Nullable Instant keyExpiry) {
      this.keyExpiry = keyExpiry;
      return this;
    }

    public Builder keySignature(@Nullable Bytes keySignature) {
      this.keySignature = keySignature;
      return this;
    }

    public Builder machine(@Nullable MachineKey machine) {
      this.machine = machine;
      return this;
    }

    public Builder discoKey(@Nullable DiscoKey discoKey) {
      this.discoKey = discoKey;
      return this;
    }

    public Builder addresses(List<IpPrefix> addresses) {
      this.addresses = addresses;
      return this;
    }

    public Builder allowedIps(@Nullable List<IpPrefix> allowedIps) {
      this.allowedIps = allowedIps;
      return this;
    }

    public Builder endpoints(@Nullable List<Endpoint> endpoints) {
      this.endpoints = endpoints;
      return this;
    }

    public Builder homeDerp(int homeDerp) {
      this.homeDerp = homeDerp;
      return this;
    }

    public Builder hostinfo(@Nullable Hostinfo hostinfo) {
      this.hostinfo = hostinfo;
      return this;
    }

    public Builder created(@Nullable Instant created) {
      this.created = created;
      return this;
    }

    public Builder cap(int cap) {
      this.cap = cap;
      return this;
    }

    public Builder tags(List<String> tags) {
      this.tags = tags;
      return this;
    }

    public Builder primaryRoutes(List<IpPrefix> primaryRoutes) {
      this.primaryRoutes = primaryRoutes;
      return this;
    }

    public Builder lastSeen(@Nullable Instant lastSeen) {
      this.lastSeen = lastSeen;
      return this;
    }

    public Builder online(@Nullable Boolean online) {
      this.online = online;
      return this;
    }

    public Builder machineAuthorized(boolean machineAuthorized) {
      this.machineAuthorized = machineAuthorized;
      return this;
    }

    public Builder capabilities(List<String> capabilities) {
      this.capabilities = capabilities;
      return this;
    }

    public Builder capMap(SortedMap<String, List<RawJson>> capMap) {
      this.capMap = capMap;
      return this;
    }

    public Builder unsignedPeerApiOnly(boolean unsignedPeerApiOnly) {
      this.unsignedPeerApiOnly = unsignedPeerApiOnly;
      return this;
    }

    public Builder computedName(String computedName) {
      this.computedName = computedName;
      return this;
    }

    public Builder computedNameWithHost(String computedNameWithHost) {
      this.computedNameWithHost = computedNameWithHost;
      return this;
    }

    public Builder dataPlaneAuditLogId(String dataPlaneAuditLogId) {
      this.dataPlaneAuditLogId = dataPlaneAuditLogId;
      return this;
    }

    public Builder expired(boolean expired) {
      this.expired = expired;
      return this;
    }

    public Builder selfNodeV4MasqAddrForThisPeer(@Nullable Ip selfNodeV4MasqAddrForThisPeer) {
      this.selfNodeV4MasqAddrForThisPeer = selfNodeV4MasqAddrForThisPeer;
      return this;
    }

    public Builder selfNodeV6MasqAddrForThisPeer(@Nullable Ip selfNodeV6MasqAddrForThisPeer) {
      this.selfNodeV6MasqAddrForThisPeer = selfNodeV6MasqAddrForThisPeer;
      return this;
    }

    public Builder isWireGuardOnly(boolean isWireGuardOnly) {
      this.isWireGuardOnly = isWireGuardOnly;
      return this;
    }

    public Builder isJailed(boolean isJailed) {
      this.isJailed = isJailed;
      return this;
    }

    public Builder exitNodeDnsResolvers(List<Resolver> exitNodeDnsResolvers) {
      this.exitNodeDnsResolvers = exitNodeDnsResolvers;
      return this;
    }

    public Node build() {
      return new Node(
          id,
          stableId,
          name,
          user,
          sharer,
          key,
          keyExpiry,
          keySignature,
          machine,
          discoKey,
          addresses,
          allowedIps,
          endpoints,
          homeDerp,
          hostinfo,
          created,
          cap,
          tags,
          primaryRoutes,
          lastSeen,
          online,
          machineAuthorized,
          capabilities,
          capMap,
          unsignedPeerApiOnly,
          computedName,
          computedNameWithHost,
          dataPlaneAuditLogId,
          expired,
          selfNodeV4MasqAddrForThisPeer,
          selfNodeV6MasqAddrForThisPeer,
          isWireGuardOnly,
          isJailed,
          exitNodeDnsResolvers);
    }
  }
}

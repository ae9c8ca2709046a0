package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.LONG;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.TIME;
import static dev.weft.json.JsonTypes.TRI_STATE;
import static dev.weft.json.JsonTypes.listOf;
import static dev.weft.json.JsonTypes.mapByLong;
import static dev.weft.json.JsonTypes.mapWithNulls;
import static java.util.Collections.unmodifiableSortedMap;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.json.RawJson;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One message of a map stream, `docs/protocol/control.md` §5.3. What is absent is unchanged.
///
/// @param node the receiving node itself
/// @param peers not empty: a full replacement; every other peer change in the message is then
///   ignored
/// @param packetFilter the chunk `base`; an empty list denies everything
/// @param packetFilters named chunks; `*` deleted clears all first
/// @param health an empty list clears
/// @param sshPolicy carried for whoever serves SSH
public record MapResponse(
    String mapSessionHandle,
    long seq,
    boolean keepAlive,
    @Nullable PingRequest pingRequest,
    String popBrowserUrl,
    @Nullable Node node,
    @Nullable DerpMap derpMap,
    List<Node> peers,
    List<Node> peersChanged,
    List<Long> peersRemoved,
    List<PeerChange> peersChangedPatch,
    SortedMap<Long, Boolean> peerSeenChange,
    SortedMap<Long, Boolean> onlineChange,
    @Nullable DnsConfig dnsConfig,
    String domain,
    @Nullable Boolean collectServices,
    @Nullable List<FilterRule> packetFilter,
    SortedMap<String, FilterChunk> packetFilters,
    List<UserProfile> userProfiles,
    @Nullable List<String> health,
    SortedMap<String, DisplayMessage> displayMessages,
    @Nullable RawJson sshPolicy,
    @Nullable Instant controlTime,
    @Nullable TkaInfo tkaInfo,
    String domainDataPlaneAuditLogId,
    @Nullable Debug debug,
    @Nullable RawJson controlDialPlan,
    @Nullable ClientVersion clientVersion,
    @Nullable Boolean defaultAutoUpdate) {

  public static final JsonType<MapResponse> JSON =
      ObjectType.<MapResponse, Builder>of(Builder::new, Builder::build)
          .omit(
              "MapSessionHandle", STRING, MapResponse::mapSessionHandle, Builder::mapSessionHandle)
          .omit("Seq", LONG, MapResponse::seq, Builder::seq)
          .omit("KeepAlive", BOOL, MapResponse::keepAlive, Builder::keepAlive)
          .omit("PingRequest", PingRequest.JSON, MapResponse::pingRequest, Builder::pingRequest)
          .omit("PopBrowserURL", STRING, MapResponse::popBrowserUrl, Builder::popBrowserUrl)
          .omit("Node", Node.JSON, MapResponse::node, Builder::node)
          .omit("DERPMap", DerpMap.JSON, MapResponse::derpMap, Builder::derpMap)
          .omit("Peers", listOf(Node.JSON), MapResponse::peers, Builder::peers)
          .omit("PeersChanged", listOf(Node.JSON), MapResponse::peersChanged, Builder::peersChanged)
          .omit("PeersRemoved", listOf(LONG), MapResponse::peersRemoved, Builder::peersRemoved)
          .omit(
              "PeersChangedPatch",
              listOf(PeerChange.JSON),
              MapResponse::peersChangedPatch,
              Builder::peersChangedPatch)
          .omit(
              "PeerSeenChange",
              mapByLong(BOOL),
              MapResponse::peerSeenChange,
              Builder::peerSeenChange)
          .omit("OnlineChange", mapByLong(BOOL), MapResponse::onlineChange, Builder::onlineChange)
          .omit("DNSConfig", DnsConfig.JSON, MapResponse::dnsConfig, Builder::dnsConfig)
          .omit("Domain", STRING, MapResponse::domain, Builder::domain)
          .omit(
              "CollectServices", TRI_STATE, MapResponse::collectServices, Builder::collectServices)
          .omitNull(
              "PacketFilter",
              listOf(FilterRule.JSON),
              MapResponse::packetFilter,
              Builder::packetFilter)
          .omit(
              "PacketFilters",
              mapWithNulls(FilterChunk.JSON, FilterChunk.DELETED),
              MapResponse::packetFilters,
              Builder::packetFilters)
          .omit(
              "UserProfiles",
              listOf(UserProfile.JSON),
              MapResponse::userProfiles,
              Builder::userProfiles)
          .omitNull("Health", listOf(STRING), MapResponse::health, Builder::health)
          .omit(
              "DisplayMessages",
              mapWithNulls(DisplayMessage.JSON, DisplayMessage.WITHDRAWN),
              MapResponse::displayMessages,
              Builder::displayMessages)
          .omit("SSHPolicy", RawJson.JSON, MapResponse::sshPolicy, Builder::sshPolicy)
          .omit("ControlTime", TIME, MapResponse::controlTime, Builder::controlTime)
          .omit("TKAInfo", TkaInfo.JSON, MapResponse::tkaInfo, Builder::tkaInfo)
          .omit(
              "DomainDataPlaneAuditLogID",
              STRING,
              MapResponse::domainDataPlaneAuditLogId,
              Builder::domainDataPlaneAuditLogId)
          .omit("Debug", Debug.JSON, MapResponse::debug, Builder::debug)
          .omit(
              "ControlDialPlan",
              RawJson.JSON,
              MapResponse::controlDialPlan,
              Builder::controlDialPlan)
          .omit(
              "ClientVersion",
              ClientVersion.JSON,
              MapResponse::clientVersion,
              Builder::clientVersion)
          .omit(
              "DefaultAutoUpdate",
              TRI_STATE,
              MapResponse::defaultAutoUpdate,
              Builder::defaultAutoUpdate)
          .build();

  public MapResponse {
    peers = List.copyOf(peers);
    peersChanged = List.copyOf(peersChanged);
    peersRemoved = List.copyOf(peersRemoved);
    peersChangedPatch = List.copyOf(peersChangedPatch);
    peerSeenChange = unmodifiableSortedMap(new TreeMap<>(peerSeenChange));
    onlineChange = unmodifiableSortedMap(new TreeMap<>(onlineChange));
    packetFilter = packetFilter == null ? null : List.copyOf(packetFilter);
    packetFilters = unmodifiableSortedMap(new TreeMap<>(packetFilters));
    userProfiles = List.copyOf(userProfiles);
    health = health == null ? null : List.copyOf(health);
    displayMessages = unmodifiableSortedMap(new TreeMap<>(displayMessages));
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .mapSessionHandle(mapSessionHandle)
        .seq(seq)
        .keepAlive(keepAlive)
        .pingRequest(pingRequest)
        .popBrowserUrl(popBrowserUrl)
        .node(node)
        .derpMap(derpMap)
        .peers(peers)
        .peersChanged(peersChanged)
        .peersRemoved(peersRemoved)
        .peersChangedPatch(peersChangedPatch)
        .peerSeenChange(peerSeenChange)
        .onlineChange(onlineChange)
        .dnsConfig(dnsConfig)
        .domain(domain)
        .collectServices(collectServices)
        .packetFilter(packetFilter)
        .packetFilters(packetFilters)
        .userProfiles(userProfiles)
        .health(health)
        .displayMessages(displayMessages)
        .sshPolicy(sshPolicy)
        .controlTime(controlTime)
        .tkaInfo(tkaInfo)
        .domainDataPlaneAuditLogId(domainDataPlaneAuditLogId)
        .debug(debug)
        .controlDialPlan(controlDialPlan)
        .clientVersion(clientVersion)
        .defaultAutoUpdate(defaultAutoUpdate);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private String mapSessionHandle = "";
    private long seq;
    private boolean keepAlive;
    private @Nullable PingRequest pingRequest;
    private String popBrowserUrl = "";
    private @Nullable Node node;
    private @Nullable DerpMap derpMap;
    private List<Node> peers = List.of();
    private List<Node> peersChanged = List.of();
    private List<Long> peersRemoved = List.of();
    private List<PeerChange> peersChangedPatch = List.of();
    private SortedMap<Long, Boolean> peerSeenChange = Collections.emptySortedMap();
    private SortedMap<Long, Boolean> onlineChange = Collections.emptySortedMap();
    private @Nullable DnsConfig dnsConfig;
    private String domain = "";
    private @Nullable Boolean collectServices;
    private @Nullable List<FilterRule> packetFilter;
    private SortedMap<String, FilterChunk> packetFilters = Collections.emptySortedMap();
    private List<UserProfile> userProfiles = List.of();
    private @Nullable List<String> health;
    private SortedMap<String, DisplayMessage> displayMessages = Collections.emptySortedMap();
    private @Nullable RawJson sshPolicy;
    private @Nullable Instant controlTime;
    private @Nullable TkaInfo tkaInfo;
    private String domainDataPlaneAuditLogId = "";
    private @Nullable Debug debug;
    private @Nullable RawJson controlDialPlan;
    private @Nullable ClientVersion clientVersion;
    private @Nullable Boolean defaultAutoUpdate;

    private Builder() {}

    public Builder mapSessionHandle(String mapSessionHandle) {
      this.mapSessionHandle = mapSessionHandle;
      return this;
    }

    public Builder seq(long seq) {
      this.seq = seq;
      return this;
    }

    public Builder keepAlive(boolean keepAlive) {
      this.keepAlive = keepAlive;
      return this;
    }

    public Builder pingRequest(@Nullable PingRequest pingRequest) {
      this.pingRequest = pingRequest;
      return this;
    }

    public Builder popBrowserUrl(String popBrowserUrl) {
      this.popBrowserUrl = popBrowserUrl;
      return this;
    }

    public Builder node(@Nullable Node node) {
      this.node = node;
      return this;
    }

    public Builder derpMap(@Nullable DerpMap derpMap) {
      this.derpMap = derpMap;
      return this;
    }

    public Builder peers(List<Node> peers) {
      this.peers = peers;
      return this;
    }

    public Builder peersChanged(List<Node> peersChanged) {
      this.peersChanged = peersChanged;
      return this;
    }

    public Builder peersRemoved(List<Long> peersRemoved) {
      this.peersRemoved = peersRemoved;
      return this;
    }

    public Builder peersChangedPatch(List<PeerChange> peersChangedPatch) {
      this.peersChangedPatch = peersChangedPatch;
      return this;
    }

    public Builder peerSeenChange(SortedMap<Long, Boolean> peerSeenChange) {
      this.peerSeenChange = peerSeenChange;
      return this;
    }

    public Builder onlineChange(SortedMap<Long, Boolean> onlineChange) {
      this.onlineChange = onlineChange;
      return this;
    }

    public Builder dnsConfig(@Nullable DnsConfig dnsConfig) {
      this.dnsConfig = dnsConfig;
      return this;
    }

    public Builder domain(String domain) {
      this.domain = domain;
      return this;
    }

    public Builder collectServices(@Nullable Boolean collectServices) {
      this.collectServices = collectServices;
      return this;
    }

    public Builder packetFilter(@Nullable List<FilterRule> packetFilter) {
      this.packetFilter = packetFilter;
      return this;
    }

    public Builder packetFilters(SortedMap<String, FilterChunk> packetFilters) {
      this.packetFilters = packetFilters;
      return this;
    }

    public Builder userProfiles(List<UserProfile> userProfiles) {
      this.userProfiles = userProfiles;
      return this;
    }

    public Builder health(@Nullable List<String> health) {
      this.health = health;
      return this;
    }

    public Builder displayMessages(SortedMap<String, DisplayMessage> displayMessages) {
      this.displayMessages = displayMessages;
      return this;
    }

    public Builder sshPolicy(@Nullable RawJson sshPolicy) {
      this.sshPolicy = sshPolicy;
      return this;
    }

    public Builder controlTime(@Nullable Instant controlTime) {
      this.controlTime = controlTime;
      return this;
    }

    public Builder tkaInfo(@Nullable TkaInfo tkaInfo) {
      this.tkaInfo = tkaInfo;
      return this;
    }

    public Builder domainDataPlaneAuditLogId(String domainDataPlaneAuditLogId) {
      this.domainDataPlaneAuditLogId = domainDataPlaneAuditLogId;
      return this;
    }

    public Builder debug(@Nullable Debug debug) {
      this.debug = debug;
      return this;
    }

    public Builder controlDialPlan(@Nullable RawJson controlDialPlan) {
      this.controlDialPlan = controlDialPlan;
      return this;
    }

    public Builder clientVersion(@Nullable ClientVersion clientVersion) {
      this.clientVersion = clientVersion;
      return this;
    }

    public Builder defaultAutoUpdate(@Nullable Boolean defaultAutoUpdate) {
      this.defaultAutoUpdate = defaultAutoUpdate;
      return this;
    }

    public MapResponse build() {
      return new MapResponse(
          mapSessionHandle,
          seq,
          keepAlive,
          pingRequest,
          popBrowserUrl,
          node,
          derpMap,
          peers,
          peersChanged,
          peersRemoved,
          peersChangedPatch,
          peerSeenChange,
          onlineChange,
          dnsConfig,
          domain,
          collectServices,
          packetFilter,
          packetFilters,
          userProfiles,
          health,
          displayMessages,
          sshPolicy,
          controlTime,
          tkaInfo,
          domainDataPlaneAuditLogId,
          debug,
          controlDialPlan,
          clientVersion,
          defaultAutoUpdate);
    }
  }
}

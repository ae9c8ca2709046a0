package dev.weft.ipn;

import static dev.weft.ipn.IpnTypes.ADDRESSES;
import static dev.weft.ipn.IpnTypes.CAPS;
import static dev.weft.ipn.IpnTypes.NODE_KEY;
import static dev.weft.ipn.IpnTypes.PREFIXES;
import static dev.weft.ipn.IpnTypes.STRINGS;
import static dev.weft.ipn.IpnTypes.nullIfEmpty;
import static dev.weft.ipn.IpnTypes.zeroIfNull;
import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.INT;
import static dev.weft.json.JsonTypes.LONG;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.TIME;

import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.json.RawJson;
import dev.weft.keys.NodeKey;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One node in a [Status]: what the network map says of it and how traffic to it goes at the
/// moment. Absent times are null.
///
/// Made by a [Builder]; a component that was not set has its empty value.
///
/// @param id The stable ID of the node.
/// @param hostName What the machine calls itself; not unique.
/// @param dnsName The MagicDNS name with its final dot.
/// @param addrs Where control says the peer may be reached, each `ip:port`.
/// @param curAddr The direct path in use, `ip:port`; empty while relayed.
/// @param relay The code of the home relay region.
/// @param lastSeen When control last saw the peer; only of an offline peer.
/// @param active Packets went to or from the peer in the last two minutes.
/// @param capMap The values granted with each capability.
/// @param relayedBecause Why an active peer is not reached directly, for people; a field of ours.
public record PeerStatus(
    String id,
    long nodeId,
    NodeKey publicKey,
    String hostName,
    String dnsName,
    String os,
    long userId,
    long altSharerUserId,
    List<Ip> tailscaleIps,
    List<IpPrefix> allowedIps,
    List<String> tags,
    List<IpPrefix> primaryRoutes,
    List<String> addrs,
    String curAddr,
    String relay,
    String peerRelay,
    long rxBytes,
    long txBytes,
    @Nullable Instant created,
    @Nullable Instant lastWrite,
    @Nullable Instant lastSeen,
    @Nullable Instant lastHandshake,
    boolean online,
    boolean exitNode,
    boolean exitNodeOption,
    boolean active,
    List<String> peerApiUrls,
    int taildropTarget,
    String noFileSharingReason,
    List<String> capabilities,
    SortedMap<String, List<RawJson>> capMap,
    List<String> sshHostKeys,
    boolean shareeNode,
    boolean inNetworkMap,
    boolean inMagicSock,
    boolean inEngine,
    boolean expired,
    @Nullable Instant keyExpiry,
    String relayedBecause) {
  /// The table of the fields (`docs/protocol/services.md` §6.6).
  public static final JsonType<PeerStatus> JSON =
      ObjectType.<PeerStatus, Builder>of(Builder::new, Builder::build)
          .always("ID", STRING, PeerStatus::id, Builder::id)
          .always("NodeID", LONG, PeerStatus::nodeId, Builder::nodeId)
          .always("PublicKey", NODE_KEY, PeerStatus::publicKey, Builder::publicKey)
          .always("HostName", STRING, PeerStatus::hostName, Builder::hostName)
          .always("DNSName", STRING, PeerStatus::dnsName, Builder::dnsName)
          .always("OS", STRING, PeerStatus::os, Builder::os)
          .always("UserID", LONG, PeerStatus::userId, Builder::userId)
          .omit("AltSharerUserID", LONG, PeerStatus::altSharerUserId, Builder::altSharerUserId)
          .always(
              "TailscaleIPs", ADDRESSES, p -> nullIfEmpty(p.tailscaleIps), Builder::tailscaleIps)
          .omit("AllowedIPs", PREFIXES, PeerStatus::allowedIps, Builder::allowedIps)
          .omit("Tags", STRINGS, PeerStatus::tags, Builder::tags)
          .omit("PrimaryRoutes", PREFIXES, PeerStatus::primaryRoutes, Builder::primaryRoutes)
          .always("Addrs", STRINGS, p -> nullIfEmpty(p.addrs), Builder::addrs)
          .always("CurAddr", STRING, PeerStatus::curAddr, Builder::curAddr)
          .always("Relay", STRING, PeerStatus::relay, Builder::relay)
          .always("PeerRelay", STRING, PeerStatus::peerRelay, Builder::peerRelay)
          .always("RxBytes", LONG, PeerStatus::rxBytes, Builder::rxBytes)
          .always("TxBytes", LONG, PeerStatus::txBytes, Builder::txBytes)
          .always("Created", TIME, p -> zeroIfNull(p.created), Builder::created)
          .always("LastWrite", TIME, p -> zeroIfNull(p.lastWrite), Builder::lastWrite)
          .always("LastSeen", TIME, p -> zeroIfNull(p.lastSeen), Builder::lastSeen)
          .always("LastHandshake", TIME, p -> zeroIfNull(p.lastHandshake), Builder::lastHandshake)
          .always("Online", BOOL, PeerStatus::online, Builder::online)
          .always("ExitNode", BOOL, PeerStatus::exitNode, Builder::exitNode)
          .always("ExitNodeOption", BOOL, PeerStatus::exitNodeOption, Builder::exitNodeOption)
          .always("Active", BOOL, PeerStatus::active, Builder::active)
          .always("PeerAPIURL", STRINGS, p -> nullIfEmpty(p.peerApiUrls), Builder::peerApiUrls)
          .always("TaildropTarget", INT, PeerStatus::taildropTarget, Builder::taildropTarget)
          .always(
              "NoFileSharingReason",
              STRING,
              PeerStatus::noFileSharingReason,
              Builder::noFileSharingReason)
          .omit("Capabilities", STRINGS, PeerStatus::capabilities, Builder::capabilities)
          .omit("CapMap", CAPS, PeerStatus::capMap, Builder::capMap)
          .omit("sshHostKeys", STRINGS, PeerStatus::sshHostKeys, Builder::sshHostKeys)
          .omit("ShareeNode", BOOL, PeerStatus::shareeNode, Builder::shareeNode)
          .always("InNetworkMap", BOOL, PeerStatus::inNetworkMap, Builder::inNetworkMap)
          .always("InMagicSock", BOOL, PeerStatus::inMagicSock, Builder::inMagicSock)
          .always("InEngine", BOOL, PeerStatus::inEngine, Builder::inEngine)
          .omit("Expired", BOOL, PeerStatus::expired, Builder::expired)
          .omit("KeyExpiry", TIME, PeerStatus::keyExpiry, Builder::keyExpiry)
          .omit("RelayedBecause", STRING, PeerStatus::relayedBecause, Builder::relayedBecause)
          .build();

  public PeerStatus {
    tailscaleIps = List.copyOf(tailscaleIps);
    allowedIps = List.copyOf(allowedIps);
    tags = List.copyOf(tags);
    primaryRoutes = List.copyOf(primaryRoutes);
    addrs = List.copyOf(addrs);
    peerApiUrls = List.copyOf(peerApiUrls);
    capabilities = List.copyOf(capabilities);
    sshHostKeys = List.copyOf(sshHostKeys);
    capMap = Collections.unmodifiableSortedMap(new TreeMap<>(capMap));
  }

  /// The first label of the MagicDNS name, or the host name where there is none.
  public String shortName() {
    int dot = dnsName.indexOf('.');
    return dot <= 0 ? hostName : dnsName.substring(0, dot);
  }

  public static Builder builder() {
    return new Builder();
  }

  /// Collects the components of a [PeerStatus].
  public static final class Builder {
    private String id = "";
    private long nodeId;
    private NodeKey publicKey = NodeKey.ZERO;
    private String hostName = "";
    private String dnsName = "";
    private String os = "";
    private long userId;
    private long altSharerUserId;
    private List<Ip> tailscaleIps = List.of();
    private List<IpPrefix> allowedIps = List.of();
    private List<String> tags = List.of();
    private List<IpPrefix> primaryRoutes = List.of();
    private List<String> addrs = List.of();
    private String curAddr = "";
    private String relay = "";
    private String peerRelay = "";
    private String relayedBecause = "";
    private long rxBytes;
    private long txBytes;
    private @Nullable Instant created;
    private @Nullable Instant lastWrite;
    private @Nullable Instant lastSeen;
    private @Nullable Instant lastHandshake;
    private boolean online;
    private boolean exitNode;
    private boolean exitNodeOption;
    private boolean active;
    private List<String> peerApiUrls = List.of();
    private int taildropTarget;
    private String noFileSharingReason = "";
    private List<String> capabilities = List.of();
    private SortedMap<String, List<RawJson>> capMap = Collections.emptySortedMap();
    private List<String> sshHostKeys = List.of();
    private boolean shareeNode;
    private boolean inNetworkMap;
    private boolean inMagicSock;
    private boolean inEngine;
    private boolean expired;
    private @Nullable Instant keyExpiry;

    private Builder() {}

    public Builder id(String value) {
      id = value;
      return this;
    }

    public Builder nodeId(long value) {
      nodeId = value;
      return this;
    }

    public Builder publicKey(NodeKey value) {
      publicKey = value;
      return this;
    }

    public Builder hostName(String value) {
      hostName = value;
      return this;
    }

    public Builder dnsName(String value) {
      dnsName = value;
      return this;
    }

    public Builder os(String value) {
      os = value;
      return this;
    }

    public Builder userId(long value) {
      userId = value;
      return this;
    }

    public Builder altSharerUserId(long value) {
      altSharerUserId = value;
      return this;
    }

    public Builder tailscaleIps(List<Ip> value) {
      tailscaleIps = value;
      return this;
    }

    public Builder allowedIps(List<IpPrefix> value) {
      allowedIps = value;
      return this;
    }

    public Builder tags(List<String> value) {
      tags = value;
      return this;
    }

    public Builder primaryRoutes(List<IpPrefix> value) {
      primaryRoutes = value;
      return this;
    }

    public Builder addrs(List<String> value) {
      addrs = value;
      return this;
    }

    public Builder curAddr(String value) {
      curAddr = value;
      return this;
    }

    public Builder relay(String value) {
      relay = value;
      return this;
    }

    public Builder relayedBecause(String value) {
      relayedBecause = value;
      return this;
    }

    public Builder peerRelay(String value) {
      peerRelay = value;
      return this;
    }

    public Builder rxBytes(long value) {
      rxBytes = value;
      return this;
    }

    public Builder txBytes(long value) {
      txBytes = value;
      return this;
    }

    public Builder created(@Nullable Instant value) {
      created = value;
      return this;
    }

    public Builder lastWrite(@Nullable Instant value) {
      lastWrite = value;
      return this;
    }

    public Builder lastSeen(@Nullable Instant value) {
      lastSeen = value;
      return this;
    }

    public Builder lastHandshake(@Nullable Instant value) {
      lastHandshake = value;
      return this;
    }

    public Builder online(boolean value) {
      online = value;
      return this;
    }

    public Builder exitNode(boolean value) {
      exitNode = value;
      return this;
    }

    public Builder exitNodeOption(boolean value) {
      exitNodeOption = value;
      return this;
    }

    public Builder active(boolean value) {
      active = value;
      return this;
    }

    public Builder peerApiUrls(List<String> value) {
      peerApiUrls = value;
      return this;
    }

    public Builder taildropTarget(int value) {
      taildropTarget = value;
      return this;
    }

    public Builder noFileSharingReason(String value) {
      noFileSharingReason = value;
      return this;
    }

    public Builder capabilities(List<String> value) {
      capabilities = value;
      return this;
    }

    public Builder capMap(SortedMap<String, List<RawJson>> value) {
      capMap = value;
      return this;
    }

    public Builder sshHostKeys(List<String> value) {
      sshHostKeys = value;
      return this;
    }

    public Builder shareeNode(boolean value) {
      shareeNode = value;
      return this;
    }

    public Builder inNetworkMap(boolean value) {
      inNetworkMap = value;
      return this;
    }

    public Builder inMagicSock(boolean value) {
      inMagicSock = value;
      return this;
    }

    public Builder inEngine(boolean value) {
      inEngine = value;
      return this;
    }

    public Builder expired(boolean value) {
      expired = value;
      return this;
    }

    public Builder keyExpiry(@Nullable Instant value) {
      keyExpiry = value;
      return this;
    }

    public PeerStatus build() {
      return new PeerStatus(
          id,
          nodeId,
          publicKey,
          hostName,
          dnsName,
          os,
          userId,
          altSharerUserId,
          tailscaleIps,
          allowedIps,
          tags,
          primaryRoutes,
          addrs,
          curAddr,
          relay,
          peerRelay,
          rxBytes,
          txBytes,
          created,
          lastWrite,
          lastSeen,
          lastHandshake,
          online,
          exitNode,
          exitNodeOption,
          active,
          peerApiUrls,
          taildropTarget,
          noFileSharingReason,
          capabilities,
          capMap,
          sshHostKeys,
          shareeNode,
          inNetworkMap,
          inMagicSock,
          inEngine,
          expired,
          keyExpiry,
          relayedBecause);
    }
  }
}

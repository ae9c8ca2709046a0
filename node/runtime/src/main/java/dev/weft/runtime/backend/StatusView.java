package dev.weft.runtime.backend;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.ipn.HealthState;
import dev.weft.ipn.PeerStatus;
import dev.weft.ipn.State;
import dev.weft.ipn.Status;
import dev.weft.ipn.TailnetStatus;
import dev.weft.keys.NodeKey;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.runtime.netcheck.NetReport;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DerpRegion;
import dev.weft.tailcfg.DnsConfig;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.NetInfo;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.ReportedEndpoint;
import dev.weft.tailcfg.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Draws the status for people from a moment of the backend and of the data plane
/// (`docs/protocol/services.md §6.6`).
final class StatusView {
  /// What the status is drawn from.
  ///
  /// @param hostname what this machine calls itself
  /// @param net what the latest look at the network found
  record Moment(
      String version,
      State state,
      boolean haveNodeKey,
      String authUrl,
      HealthState health,
      Directory directory,
      String hostname,
      List<ReportedEndpoint> endpoints,
      Optional<NetReport> net,
      DataPlane.Traffic traffic) {}

  private final Moment moment;
  private final Optional<NetworkMap> map;

  private StatusView(Moment moment) {
    this.moment = moment;
    this.map = moment.directory().map();
  }

  static Status draw(Moment moment, boolean withPeers) {
    return new StatusView(moment).draw(withPeers);
  }

  private Status draw(boolean withPeers) {
    Status.Builder status =
        Status.builder()
            .version(moment.version())
            .backendState(moment.state())
            .haveNodeKey(moment.haveNodeKey())
            .authUrl(moment.authUrl())
            .health(
                moment.health().warnings().values().stream()
                    .map(HealthState.Warning::text)
                    .toList());
    if (map.isEmpty()) {
      return status
          .self(
              PeerStatus.builder()
                  .hostName(moment.hostname())
                  .os("linux")
                  .publicKey(NodeKey.ZERO)
                  .build())
          .build();
    }
    NetworkMap m = map.get();
    String suffix = moment.directory().suffix();
    DnsConfig dns = m.dns();
    status
        .tailscaleIps(m.self().addresses().stream().map(IpPrefix::address).toList())
        .self(self(m.self()))
        .magicDnsSuffix(suffix)
        .currentTailnet(
            new TailnetStatus(
                m.domain().isEmpty() ? suffix : m.domain(), suffix, dns != null && dns.proxied()))
        // The names that this node can get certificates for, whatever control would help with: this
        // version gets none. Programs that see a name here ask for its certificate.
        .certDomains(List.of())
        .users(m.users());
    if (withPeers) {
      status.peers(m.peers().values().stream().map(this::peer).toList());
    }
    return status.build();
  }

  private PeerStatus self(Node self) {
    return node(self)
        .hostName(moment.hostname())
        .addrs(moment.endpoints().stream().map(e -> e.endpoint().toString()).toList())
        .relay(regionCode(moment.traffic().homeRegion()))
        .online(moment.state() == State.RUNNING)
        .capabilities(new ArrayList<>(self.capMap().keySet()))
        .capMap(self.capMap())
        .inNetworkMap(true)
        .build();
  }

  private PeerStatus peer(Node peer) {
    PeerStatus.Builder status =
        node(peer).online(Boolean.TRUE.equals(peer.online())).inNetworkMap(true).inMagicSock(true);
    if (!Boolean.TRUE.equals(peer.online())) {
      status.lastSeen(peer.lastSeen());
    }
    DataPlane.@Nullable Peer traffic = moment.traffic().peers().get(peer.key());
    if (traffic != null) {
      Endpoint direct = traffic.direct();
      status
          .curAddr(direct == null ? "" : direct.toString())
          .rxBytes(traffic.rxBytes())
          .txBytes(traffic.txBytes())
          .lastHandshake(traffic.lastHandshake())
          .lastWrite(traffic.lastWrite())
          .active(traffic.active())
          .inEngine(traffic.lastHandshake() != null);
      if (direct == null && traffic.active()) {
        status.relayedBecause(whyRelayed(peer));
      }
    }
    return status.build();
  }

  /// What keeps a peer from being reached directly, as far as that shows.
  private String whyRelayed(Node peer) {
    if (moment.net().isEmpty()) {
      return "";
    }
    NetReport here = moment.net().get();
    if (!here.udp()) {
      return "UDP is blocked here";
    }
    NetInfo there = peer.hostinfo() == null ? null : peer.hostinfo().netInfo();
    if (there != null && Boolean.FALSE.equals(there.workingUdp())) {
      return "UDP is blocked at the peer";
    }
    boolean hardHere = here.mappingVariesByDestIp().orElse(false);
    boolean hardThere = there != null && Boolean.TRUE.equals(there.mappingVariesByDestIp());
    if (hardHere && hardThere) {
      return "no direct path: both are behind a symmetric NAT";
    }
    return hardHere || hardThere
        ? "no direct path yet: "
            + (hardHere ? "this node" : "the peer")
            + " is behind a symmetric NAT"
        : "the peer has not answered pings";
  }

  private PeerStatus.Builder node(Node node) {
    Hostinfo host = node.hostinfo() == null ? Hostinfo.builder().build() : node.hostinfo();
    return PeerStatus.builder()
        .id(node.stableId())
        .nodeId(node.id())
        .publicKey(node.key())
        .hostName(host.hostname())
        .dnsName(node.name())
        .os(host.os())
        .userId(node.user())
        .altSharerUserId(node.sharer())
        .tailscaleIps(node.addresses().stream().map(IpPrefix::address).toList())
        .allowedIps(node.effectiveAllowedIps())
        .tags(node.tags())
        .primaryRoutes(node.primaryRoutes())
        .relay(regionCode(node.homeDerp()))
        .created(node.created())
        .exitNodeOption(node.effectiveAllowedIps().stream().anyMatch(p -> p.bits() == 0))
        .peerApiUrls(peerApiUrls(node, host))
        .sshHostKeys(host.sshHostKeys())
        .shareeNode(host.shareeNode())
        .expired(node.expired())
        .keyExpiry(node.keyExpiry());
  }

  private static List<String> peerApiUrls(Node node, Hostinfo host) {
    List<String> urls = new ArrayList<>();
    for (Service service : host.services()) {
      boolean v4 = service.proto().equals("peerapi4");
      if (v4 || service.proto().equals("peerapi6")) {
        node.addresses().stream()
            .map(IpPrefix::address)
            .filter(ip -> ip.isV4() == v4)
            .map((Ip ip) -> "http://" + new Endpoint(ip, service.port()))
            .forEach(urls::add);
      }
    }
    return urls;
  }

  private String regionCode(int region) {
    DerpMap relays = map.map(NetworkMap::derpMap).orElse(null);
    Map<Integer, DerpRegion> regions =
        relays == null || relays.regions() == null ? Map.of() : relays.regions();
    DerpRegion known = regions.get(region);
    return known == null ? "" : known.regionCode();
  }
}

package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.DOUBLE;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.TRI_STATE;
import static dev.weft.json.JsonTypes.mapOf;
import static dev.weft.tailcfg.WireTypes.REGION;
import static java.util.Collections.unmodifiableSortedMap;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a node measured about its network, `docs/protocol/control.md` §5.4.
///
/// @param preferredDerp the home region, 0 while unknown
/// @param derpLatency seconds by `<region>-v4` or `<region>-v6`
public record NetInfo(
    @Nullable Boolean mappingVariesByDestIp,
    @Nullable Boolean workingIpv6,
    @Nullable Boolean osHasIpv6,
    @Nullable Boolean workingUdp,
    @Nullable Boolean workingIcmpv4,
    boolean havePortMap,
    @Nullable Boolean upnp,
    @Nullable Boolean pmp,
    @Nullable Boolean pcp,
    int preferredDerp,
    String linkType,
    SortedMap<String, Double> derpLatency,
    String firewallMode) {

  public static final JsonType<NetInfo> JSON =
      ObjectType.<NetInfo, Builder>of(Builder::new, Builder::build)
          .omit(
              "MappingVariesByDestIP",
              TRI_STATE,
              NetInfo::mappingVariesByDestIp,
              Builder::mappingVariesByDestIp)
          .omit("WorkingIPv6", TRI_STATE, NetInfo::workingIpv6, Builder::workingIpv6)
          .omit("OSHasIPv6", TRI_STATE, NetInfo::osHasIpv6, Builder::osHasIpv6)
          .omit("WorkingUDP", TRI_STATE, NetInfo::workingUdp, Builder::workingUdp)
          .omit("WorkingICMPv4", TRI_STATE, NetInfo::workingIcmpv4, Builder::workingIcmpv4)
          .omit("HavePortMap", BOOL, NetInfo::havePortMap, Builder::havePortMap)
          .omit("UPnP", TRI_STATE, NetInfo::upnp, Builder::upnp)
          .omit("PMP", TRI_STATE, NetInfo::pmp, Builder::pmp)
          .omit("PCP", TRI_STATE, NetInfo::pcp, Builder::pcp)
          .omit("PreferredDERP", REGION, NetInfo::preferredDerp, Builder::preferredDerp)
          .omit("LinkType", STRING, NetInfo::linkType, Builder::linkType)
          .omit("DERPLatency", mapOf(DOUBLE), NetInfo::derpLatency, Builder::derpLatency)
          .omit("FirewallMode", STRING, NetInfo::firewallMode, Builder::firewallMode)
          .build();

  public NetInfo {
    derpLatency = unmodifiableSortedMap(new TreeMap<>(derpLatency));
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .mappingVariesByDestIp(mappingVariesByDestIp)
        .workingIpv6(workingIpv6)
        .osHasIpv6(osHasIpv6)
        .workingUdp(workingUdp)
        .workingIcmpv4(workingIcmpv4)
        .havePortMap(havePortMap)
        .upnp(upnp)
        .pmp(pmp)
        .pcp(pcp)
        .preferredDerp(preferredDerp)
        .linkType(linkType)
        .derpLatency(derpLatency)
        .firewallMode(firewallMode);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private @Nullable Boolean mappingVariesByDestIp;
    private @Nullable Boolean workingIpv6;
    private @Nullable Boolean osHasIpv6;
    private @Nullable Boolean workingUdp;
    private @Nullable Boolean workingIcmpv4;
    private boolean havePortMap;
    private @Nullable Boolean upnp;
    private @Nullable Boolean pmp;
    private @Nullable Boolean pcp;
    private int preferredDerp;
    private String linkType = "";
    private SortedMap<String, Double> derpLatency = Collections.emptySortedMap();
    private String firewallMode = "";

    private Builder() {}

    public Builder mappingVariesByDestIp(@Nullable Boolean mappingVariesByDestIp) {
      this.mappingVariesByDestIp = mappingVariesByDestIp;
      return this;
    }

    public Builder workingIpv6(@Nullable Boolean workingIpv6) {
      this.workingIpv6 = workingIpv6;
      return this;
    }

    public Builder osHasIpv6(@Nullable Boolean osHasIpv6) {
      this.osHasIpv6 = osHasIpv6;
      return this;
    }

    public Builder workingUdp(@Nullable Boolean workingUdp) {
      this.workingUdp = workingUdp;
      return this;
    }

    public Builder workingIcmpv4(@Nullable Boolean workingIcmpv4) {
      this.workingIcmpv4 = workingIcmpv4;
      return this;
    }

    public Builder havePortMap(boolean havePortMap) {
      this.havePortMap = havePortMap;
      return this;
    }

    public Builder upnp(@Nullable Boolean upnp) {
      this.upnp = upnp;
      return this;
    }

    public Builder pmp(@Nullable Boolean pmp) {
      this.pmp = pmp;
      return this;
    }

    public Builder pcp(@Nullable Boolean pcp) {
      this.pcp = pcp;
      return this;
    }

    public Builder preferredDerp(int preferredDerp) {
      this.preferredDerp = preferredDerp;
      return this;
    }

    public Builder linkType(String linkType) {
      this.linkType = linkType;
      return this;
    }

    public Builder derpLatency(SortedMap<String, Double> derpLatency) {
      this.derpLatency = derpLatency;
      return this;
    }

    public Builder firewallMode(String firewallMode) {
      this.firewallMode = firewallMode;
      return this;
    }

    public NetInfo build() {
      return new NetInfo(
          mappingVariesByDestIp,
          workingIpv6,
          osHasIpv6,
          workingUdp,
          workingIcmpv4,
          havePortMap,
          upnp,
          pmp,
          pcp,
          preferredDerp,
          linkType,
          derpLatency,
          firewallMode);
    }
  }
}

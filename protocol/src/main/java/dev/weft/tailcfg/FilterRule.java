package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.INT;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.listOf;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.util.List;

/// A rule of the packet filter, `docs/protocol/control.md` §5.8. It either admits packets
/// (`dstPorts`) or grants capabilities (`capGrant`).
///
/// @param srcIps `*`, addresses, prefixes, ranges, `cap:<node capability>`
/// @param ipProto empty means TCP, UDP and ICMP
public record FilterRule(
    List<String> srcIps,
    List<NetPortRange> dstPorts,
    List<Integer> ipProto,
    List<CapGrant> capGrant) {

  public static final JsonType<FilterRule> JSON =
      ObjectType.<FilterRule, Builder>of(Builder::new, Builder::build)
          .always("SrcIPs", listOf(STRING), FilterRule::srcIps, Builder::srcIps)
          .omit("DstPorts", listOf(NetPortRange.JSON), FilterRule::dstPorts, Builder::dstPorts)
          .omit("IPProto", listOf(INT), FilterRule::ipProto, Builder::ipProto)
          .omit("CapGrant", listOf(CapGrant.JSON), FilterRule::capGrant, Builder::capGrant)
          .build();

  public FilterRule {
    srcIps = List.copyOf(srcIps);
    dstPorts = List.copyOf(dstPorts);
    ipProto = List.copyOf(ipProto);
    capGrant = List.copyOf(capGrant);
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder().srcIps(srcIps).dstPorts(dstPorts).ipProto(ipProto).capGrant(capGrant);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private List<String> srcIps = List.of();
    private List<NetPortRange> dstPorts = List.of();
    private List<Integer> ipProto = List.of();
    private List<CapGrant> capGrant = List.of();

    private Builder() {}

    public Builder srcIps(List<String> srcIps) {
      this.srcIps = srcIps;
      return this;
    }

    public Builder dstPorts(List<NetPortRange> dstPorts) {
      this.dstPorts = dstPorts;
      return this;
    }

    public Builder ipProto(List<Integer> ipProto) {
      this.ipProto = ipProto;
      return this;
    }

    public Builder capGrant(List<CapGrant> capGrant) {
      this.capGrant = capGrant;
      return this;
    }

    public FilterRule build() {
      return new FilterRule(srcIps, dstPorts, ipProto, capGrant);
    }
  }
}

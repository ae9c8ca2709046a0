package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.INT;
import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;

/// One server of a DERP region, `docs/protocol/control.md` §5.6.
///
/// @param certName the name expected in the certificate, or `sha256-raw:<hex>` to pin one
/// @param ipv4 an address, `none`, or empty to ask DNS
/// @param ipv6 an address, `none`, or empty to ask DNS
/// @param stunPort 0 means 3478, -1 means no STUN
/// @param derpPort 0 means 443
public record DerpNode(
    String name,
    int regionId,
    String hostName,
    String certName,
    String ipv4,
    String ipv6,
    int stunPort,
    boolean stunOnly,
    int derpPort,
    boolean insecureForTests,
    String stunTestIp,
    boolean canPort80) {

  public static final JsonType<DerpNode> JSON =
      ObjectType.<DerpNode, Builder>of(Builder::new, Builder::build)
          .always("Name", STRING, DerpNode::name, Builder::name)
          .always("RegionID", INT, DerpNode::regionId, Builder::regionId)
          .always("HostName", STRING, DerpNode::hostName, Builder::hostName)
          .omit("CertName", STRING, DerpNode::certName, Builder::certName)
          .omit("IPv4", STRING, DerpNode::ipv4, Builder::ipv4)
          .omit("IPv6", STRING, DerpNode::ipv6, Builder::ipv6)
          .omit("STUNPort", INT, DerpNode::stunPort, Builder::stunPort)
          .omit("STUNOnly", BOOL, DerpNode::stunOnly, Builder::stunOnly)
          .omit("DERPPort", INT, DerpNode::derpPort, Builder::derpPort)
          .omit("InsecureForTests", BOOL, DerpNode::insecureForTests, Builder::insecureForTests)
          .omit("STUNTestIP", STRING, DerpNode::stunTestIp, Builder::stunTestIp)
          .omit("CanPort80", BOOL, DerpNode::canPort80, Builder::canPort80)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public static final int DEFAULT_STUN_PORT = 3478;
  public static final int DEFAULT_DERP_PORT = 443;

  /// The UDP port to ask, or -1 when this server answers no STUN.
  public int effectiveStunPort() {
    return stunPort == 0 ? DEFAULT_STUN_PORT : stunPort;
  }

  public int effectiveDerpPort() {
    return derpPort == 0 ? DEFAULT_DERP_PORT : derpPort;
  }

  public Builder toBuilder() {
    return new Builder()
        .name(name)
        .regionId(regionId)
        .hostName(hostName)
        .certName(certName)
        .ipv4(ipv4)
        .ipv6(ipv6)
        .stunPort(stunPort)
        .stunOnly(stunOnly)
        .derpPort(derpPort)
        .insecureForTests(insecureForTests)
        .stunTestIp(stunTestIp)
        .canPort80(canPort80);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private String name = "";
    private int regionId;
    private String hostName = "";
    private String certName = "";
    private String ipv4 = "";
    private String ipv6 = "";
    private int stunPort;
    private boolean stunOnly;
    private int derpPort;
    private boolean insecureForTests;
    private String stunTestIp = "";
    private boolean canPort80;

    private Builder() {}

    public Builder name(String name) {
      this.name = name;
      return this;
    }

    public Builder regionId(int regionId) {
      this.regionId = regionId;
      return this;
    }

    public Builder hostName(String hostName) {
      this.hostName = hostName;
      return this;
    }

    public Builder certName(String certName) {
      this.certName = certName;
      return this;
    }

    public Builder ipv4(String ipv4) {
      this.ipv4 = ipv4;
      return this;
    }

    public Builder ipv6(String ipv6) {
      this.ipv6 = ipv6;
      return this;
    }

    public Builder stunPort(int stunPort) {
      this.stunPort = stunPort;
      return this;
    }

    public Builder stunOnly(boolean stunOnly) {
      this.stunOnly = stunOnly;
      return this;
    }

    public Builder derpPort(int derpPort) {
      this.derpPort = derpPort;
      return this;
    }

    public Builder insecureForTests(boolean insecureForTests) {
      this.insecureForTests = insecureForTests;
      return this;
    }

    public Builder stunTestIp(String stunTestIp) {
      this.stunTestIp = stunTestIp;
      return this;
    }

    public Builder canPort80(boolean canPort80) {
      this.canPort80 = canPort80;
      return this;
    }

    public DerpNode build() {
      return new DerpNode(
          name,
          regionId,
          hostName,
          certName,
          ipv4,
          ipv6,
          stunPort,
          stunOnly,
          derpPort,
          insecureForTests,
          stunTestIp,
          canPort80);
    }
  }
}

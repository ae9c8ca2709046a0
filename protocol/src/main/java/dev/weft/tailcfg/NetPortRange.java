package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;

/// A destination of a [FilterRule]: `*`, an address, a prefix or a range `a-b`, and its ports.
public record NetPortRange(String ip, PortRange ports) {

  public static final JsonType<NetPortRange> JSON =
      ObjectType.<NetPortRange, Builder>of(Builder::new, Builder::build)
          .always("IP", STRING, NetPortRange::ip, Builder::ip)
          .always("Ports", PortRange.JSON, NetPortRange::ports, Builder::ports)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder().ip(ip).ports(ports);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private String ip = "";
    private PortRange ports = PortRange.ALL;

    private Builder() {}

    public Builder ip(String ip) {
      this.ip = ip;
      return this;
    }

    public Builder ports(PortRange ports) {
      this.ports = ports;
      return this;
    }

    public NetPortRange build() {
      return new NetPortRange(ip, ports);
    }
  }
}

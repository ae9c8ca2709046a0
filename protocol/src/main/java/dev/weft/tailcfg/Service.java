package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.UINT16;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;

/// A service that a node announces in its [Hostinfo], `docs/protocol/control.md` §5.4.
///
/// @param proto `tcp`, `udp`, `peerapi4`, `peerapi6` or `peerapi-dns-proxy`
public record Service(String proto, int port, String description) {

  public static final JsonType<Service> JSON =
      ObjectType.<Service, Builder>of(Builder::new, Builder::build)
          .always("Proto", STRING, Service::proto, Builder::proto)
          .always("Port", UINT16, Service::port, Builder::port)
          .omit("Description", STRING, Service::description, Builder::description)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder().proto(proto).port(port).description(description);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private String proto = "";
    private int port;
    private String description = "";

    private Builder() {}

    public Builder proto(String proto) {
      this.proto = proto;
      return this;
    }

    public Builder port(int port) {
      this.port = port;
      return this;
    }

    public Builder description(String description) {
      this.description = description;
      return this;
    }

    public Service build() {
      return new Service(proto, port, description);
    }
  }
}

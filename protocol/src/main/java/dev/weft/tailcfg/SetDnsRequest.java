package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.INT;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.tailcfg.WireTypes.NODE_KEY;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.keys.NodeKey;

/// `POST /machine/set-dns`, `docs/protocol/control.md` §9.
public record SetDnsRequest(int version, NodeKey nodeKey, String name, String type, String value) {

  public static final JsonType<SetDnsRequest> JSON =
      ObjectType.<SetDnsRequest, Builder>of(Builder::new, Builder::build)
          .always("Version", INT, SetDnsRequest::version, Builder::version)
          .always("NodeKey", NODE_KEY, SetDnsRequest::nodeKey, Builder::nodeKey)
          .always("Name", STRING, SetDnsRequest::name, Builder::name)
          .always("Type", STRING, SetDnsRequest::type, Builder::type)
          .always("Value", STRING, SetDnsRequest::value, Builder::value)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder().version(version).nodeKey(nodeKey).name(name).type(type).value(value);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private int version;
    private NodeKey nodeKey = NodeKey.ZERO;
    private String name = "";
    private String type = "";
    private String value = "";

    private Builder() {}

    public Builder version(int version) {
      this.version = version;
      return this;
    }

    public Builder nodeKey(NodeKey nodeKey) {
      this.nodeKey = nodeKey;
      return this;
    }

    public Builder name(String name) {
      this.name = name;
      return this;
    }

    public Builder type(String type) {
      this.type = type;
      return this;
    }

    public Builder value(String value) {
      this.value = value;
      return this;
    }

    public SetDnsRequest build() {
      return new SetDnsRequest(version, nodeKey, name, type, value);
    }
  }
}

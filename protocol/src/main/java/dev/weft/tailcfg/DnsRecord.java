package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;

/// A record that MagicDNS answers beside the node names, `docs/protocol/control.md` §5.9. The type
/// is A or AAAA by the value; official clients want it left out.
public record DnsRecord(String name, String type, String value) {

  public static final JsonType<DnsRecord> JSON =
      ObjectType.<DnsRecord, Builder>of(Builder::new, Builder::build)
          .always("Name", STRING, DnsRecord::name, Builder::name)
          .omit("Type", STRING, DnsRecord::type, Builder::type)
          .always("Value", STRING, DnsRecord::value, Builder::value)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder().name(name).type(type).value(value);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private String name = "";
    private String type = "";
    private String value = "";

    private Builder() {}

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

    public DnsRecord build() {
      return new DnsRecord(name, type, value);
    }
  }
}

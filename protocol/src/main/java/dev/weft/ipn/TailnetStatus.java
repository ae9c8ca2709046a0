package dev.weft.ipn;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;

/// The tailnet in a [Status].
public record TailnetStatus(String name, String magicDnsSuffix, boolean magicDnsEnabled) {
  public static final JsonType<TailnetStatus> JSON =
      ObjectType.<TailnetStatus, Builder>of(Builder::new, Builder::build)
          .always("Name", STRING, TailnetStatus::name, (b, v) -> b.name = v)
          .always("MagicDNSSuffix", STRING, TailnetStatus::magicDnsSuffix, (b, v) -> b.suffix = v)
          .always("MagicDNSEnabled", BOOL, TailnetStatus::magicDnsEnabled, (b, v) -> b.enabled = v)
          .build();

  private static final class Builder {
    private String name = "";
    private String suffix = "";
    private boolean enabled;

    private TailnetStatus build() {
      return new TailnetStatus(name, suffix, enabled);
    }
  }
}

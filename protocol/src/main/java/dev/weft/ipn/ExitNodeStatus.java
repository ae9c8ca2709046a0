package dev.weft.ipn;

import static dev.weft.ipn.IpnTypes.PREFIXES;
import static dev.weft.ipn.IpnTypes.nullIfEmpty;
import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.STRING;

import dev.weft.base.IpPrefix;
import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.util.List;

/// The exit node in use, in a [Status].
public record ExitNodeStatus(String id, boolean online, List<IpPrefix> tailscaleIps) {
  public static final JsonType<ExitNodeStatus> JSON =
      ObjectType.<ExitNodeStatus, Builder>of(Builder::new, Builder::build)
          .always("ID", STRING, ExitNodeStatus::id, (b, v) -> b.id = v)
          .always("Online", BOOL, ExitNodeStatus::online, (b, v) -> b.online = v)
          .always("TailscaleIPs", PREFIXES, s -> nullIfEmpty(s.tailscaleIps), (b, v) -> b.ips = v)
          .build();

  public ExitNodeStatus {
    tailscaleIps = List.copyOf(tailscaleIps);
  }

  private static final class Builder {
    private String id = "";
    private boolean online;
    private List<IpPrefix> ips = List.of();

    private ExitNodeStatus build() {
      return new ExitNodeStatus(id, online, ips);
    }
  }
}

package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.listOf;
import static dev.weft.tailcfg.WireTypes.IP;

import dev.weft.base.Ip;
import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.util.List;

/// A DNS resolver, `docs/protocol/control.md` §5.9.
///
/// @param addr an IP, `ip:port`, or a DoH URL
public record Resolver(String addr, List<Ip> bootstrapResolution, boolean useWithExitNode) {

  public static final JsonType<Resolver> JSON =
      ObjectType.<Resolver, Builder>of(Builder::new, Builder::build)
          .omit("Addr", STRING, Resolver::addr, Builder::addr)
          .omit(
              "BootstrapResolution",
              listOf(IP),
              Resolver::bootstrapResolution,
              Builder::bootstrapResolution)
          .omit("UseWithExitNode", BOOL, Resolver::useWithExitNode, Builder::useWithExitNode)
          .build();

  public Resolver {
    bootstrapResolution = List.copyOf(bootstrapResolution);
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .addr(addr)
        .bootstrapResolution(bootstrapResolution)
        .useWithExitNode(useWithExitNode);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private String addr = "";
    private List<Ip> bootstrapResolution = List.of();
    private boolean useWithExitNode;

    private Builder() {}

    public Builder addr(String addr) {
      this.addr = addr;
      return this;
    }

    public Builder bootstrapResolution(List<Ip> bootstrapResolution) {
      this.bootstrapResolution = bootstrapResolution;
      return this;
    }

    public Builder useWithExitNode(boolean useWithExitNode) {
      this.useWithExitNode = useWithExitNode;
      return this;
    }

    public Resolver build() {
      return new Resolver(addr, bootstrapResolution, useWithExitNode);
    }
  }
}

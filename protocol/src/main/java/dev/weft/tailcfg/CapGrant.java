package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.listOf;
import static dev.weft.json.JsonTypes.mapOfLists;
import static dev.weft.tailcfg.WireTypes.PREFIX;
import static java.util.Collections.unmodifiableSortedMap;

import dev.weft.base.IpPrefix;
import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.json.RawJson;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Capabilities that sources have at these destinations, `docs/protocol/control.md` §5.8.
///
/// @param caps the form without arguments
public record CapGrant(
    List<IpPrefix> dsts, List<String> caps, SortedMap<String, List<RawJson>> capMap) {

  public static final JsonType<CapGrant> JSON =
      ObjectType.<CapGrant, Builder>of(Builder::new, Builder::build)
          .always("Dsts", listOf(PREFIX), CapGrant::dsts, Builder::dsts)
          .omit("Caps", listOf(STRING), CapGrant::caps, Builder::caps)
          .omit("CapMap", mapOfLists(RawJson.JSON), CapGrant::capMap, Builder::capMap)
          .build();

  public CapGrant {
    dsts = List.copyOf(dsts);
    caps = List.copyOf(caps);
    capMap = unmodifiableSortedMap(new TreeMap<>(capMap));
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder().dsts(dsts).caps(caps).capMap(capMap);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private List<IpPrefix> dsts = List.of();
    private List<String> caps = List.of();
    private SortedMap<String, List<RawJson>> capMap = Collections.emptySortedMap();

    private Builder() {}

    public Builder dsts(List<IpPrefix> dsts) {
      this.dsts = dsts;
      return this;
    }

    public Builder caps(List<String> caps) {
      this.caps = caps;
      return this;
    }

    public Builder capMap(SortedMap<String, List<RawJson>> capMap) {
      this.capMap = capMap;
      return this;
    }

    public CapGrant build() {
      return new CapGrant(dsts, caps, capMap);
    }
  }
}

package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.mapByInt;
import static java.util.Collections.unmodifiableSortedMap;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The relays of a tailnet, `docs/protocol/control.md` §5.6.
///
/// @param homeParams absent keeps the previous ones
/// @param regions by ID; absent keeps the previous ones
public record DerpMap(
    @Nullable DerpHomeParams homeParams,
    @Nullable SortedMap<Integer, DerpRegion> regions,
    boolean omitDefaultRegions) {

  public static final JsonType<DerpMap> JSON =
      ObjectType.<DerpMap, Builder>of(Builder::new, Builder::build)
          .omit("HomeParams", DerpHomeParams.JSON, DerpMap::homeParams, Builder::homeParams)
          .always("Regions", mapByInt(DerpRegion.JSON), DerpMap::regions, Builder::regions)
          .omit(
              "omitDefaultRegions", BOOL, DerpMap::omitDefaultRegions, Builder::omitDefaultRegions)
          .build();

  public DerpMap {
    regions = regions == null ? null : unmodifiableSortedMap(new TreeMap<>(regions));
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .homeParams(homeParams)
        .regions(regions)
        .omitDefaultRegions(omitDefaultRegions);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private @Nullable DerpHomeParams homeParams;
    private @Nullable SortedMap<Integer, DerpRegion> regions;
    private boolean omitDefaultRegions;

    private Builder() {}

    public Builder homeParams(@Nullable DerpHomeParams homeParams) {
      this.homeParams = homeParams;
      return this;
    }

    public Builder regions(@Nullable SortedMap<Integer, DerpRegion> regions) {
      this.regions = regions;
      return this;
    }

    public Builder omitDefaultRegions(boolean omitDefaultRegions) {
      this.omitDefaultRegions = omitDefaultRegions;
      return this;
    }

    public DerpMap build() {
      return new DerpMap(homeParams, regions, omitDefaultRegions);
    }
  }
}

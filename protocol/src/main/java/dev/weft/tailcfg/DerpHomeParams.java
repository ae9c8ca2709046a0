package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.DOUBLE;
import static dev.weft.json.JsonTypes.mapByInt;
import static java.util.Collections.unmodifiableSortedMap;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// How to choose the home region, `docs/protocol/control.md` §5.6.
///
/// @param regionScore below 1 makes a region preferred; 0 is unset
public record DerpHomeParams(SortedMap<Integer, Double> regionScore) {

  public static final JsonType<DerpHomeParams> JSON =
      ObjectType.<DerpHomeParams, Builder>of(Builder::new, Builder::build)
          .omit("RegionScore", mapByInt(DOUBLE), DerpHomeParams::regionScore, Builder::regionScore)
          .build();

  public DerpHomeParams {
    regionScore = unmodifiableSortedMap(new TreeMap<>(regionScore));
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder().regionScore(regionScore);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private SortedMap<Integer, Double> regionScore = Collections.emptySortedMap();

    private Builder() {}

    public Builder regionScore(SortedMap<Integer, Double> regionScore) {
      this.regionScore = regionScore;
      return this;
    }

    public DerpHomeParams build() {
      return new DerpHomeParams(regionScore);
    }
  }
}

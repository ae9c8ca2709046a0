package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.DOUBLE;
import static dev.weft.json.JsonTypes.INT;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.listOf;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.util.List;

/// A DERP region, `docs/protocol/control.md` §5.6.
public record DerpRegion(
    int regionId,
    String regionCode,
    String regionName,
    double latitude,
    double longitude,
    boolean avoid,
    boolean noMeasureNoHome,
    List<DerpNode> nodes) {

  public static final JsonType<DerpRegion> JSON =
      ObjectType.<DerpRegion, Builder>of(Builder::new, Builder::build)
          .always("RegionID", INT, DerpRegion::regionId, Builder::regionId)
          .always("RegionCode", STRING, DerpRegion::regionCode, Builder::regionCode)
          .always("RegionName", STRING, DerpRegion::regionName, Builder::regionName)
          .omit("Latitude", DOUBLE, DerpRegion::latitude, Builder::latitude)
          .omit("Longitude", DOUBLE, DerpRegion::longitude, Builder::longitude)
          .omit("Avoid", BOOL, DerpRegion::avoid, Builder::avoid)
          .omit("NoMeasureNoHome", BOOL, DerpRegion::noMeasureNoHome, Builder::noMeasureNoHome)
          .always("Nodes", listOf(DerpNode.JSON), DerpRegion::nodes, Builder::nodes)
          .build();

  public DerpRegion {
    nodes = List.copyOf(nodes);
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .regionId(regionId)
        .regionCode(regionCode)
        .regionName(regionName)
        .latitude(latitude)
        .longitude(longitude)
        .avoid(avoid)
        .noMeasureNoHome(noMeasureNoHome)
        .nodes(nodes);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private int regionId;
    private String regionCode = "";
    private String regionName = "";
    private double latitude;
    private double longitude;
    private boolean avoid;
    private boolean noMeasureNoHome;
    private List<DerpNode> nodes = List.of();

    private Builder() {}

    public Builder regionId(int regionId) {
      this.regionId = regionId;
      return this;
    }

    public Builder regionCode(String regionCode) {
      this.regionCode = regionCode;
      return this;
    }

    public Builder regionName(String regionName) {
      this.regionName = regionName;
      return this;
    }

    public Builder latitude(double latitude) {
      this.latitude = latitude;
      return this;
    }

    public Builder longitude(double longitude) {
      this.longitude = longitude;
      return this;
    }

    public Builder avoid(boolean avoid) {
      this.avoid = avoid;
      return this;
    }

    public Builder noMeasureNoHome(boolean noMeasureNoHome) {
      this.noMeasureNoHome = noMeasureNoHome;
      return this;
    }

    public Builder nodes(List<DerpNode> nodes) {
      this.nodes = nodes;
      return this;
    }

    public DerpRegion build() {
      return new DerpRegion(
          regionId, regionCode, regionName, latitude, longitude, avoid, noMeasureNoHome, nodes);
    }
  }
}

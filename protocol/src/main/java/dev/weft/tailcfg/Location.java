package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.DOUBLE;
import static dev.weft.json.JsonTypes.INT;
import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;

/// Where an exit node stands, `docs/protocol/control.md` §5.4.
public record Location(
    String country,
    String countryCode,
    String city,
    String cityCode,
    double latitude,
    double longitude,
    int priority) {

  public static final JsonType<Location> JSON =
      ObjectType.<Location, Builder>of(Builder::new, Builder::build)
          .omit("Country", STRING, Location::country, Builder::country)
          .omit("CountryCode", STRING, Location::countryCode, Builder::countryCode)
          .omit("City", STRING, Location::city, Builder::city)
          .omit("CityCode", STRING, Location::cityCode, Builder::cityCode)
          .omit("Latitude", DOUBLE, Location::latitude, Builder::latitude)
          .omit("Longitude", DOUBLE, Location::longitude, Builder::longitude)
          .omit("Priority", INT, Location::priority, Builder::priority)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .country(country)
        .countryCode(countryCode)
        .city(city)
        .cityCode(cityCode)
        .latitude(latitude)
        .longitude(longitude)
        .priority(priority);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private String country = "";
    private String countryCode = "";
    private String city = "";
    private String cityCode = "";
    private double latitude;
    private double longitude;
    private int priority;

    private Builder() {}

    public Builder country(String country) {
      this.country = country;
      return this;
    }

    public Builder countryCode(String countryCode) {
      this.countryCode = countryCode;
      return this;
    }

    public Builder city(String city) {
      this.city = city;
      return this;
    }

    public Builder cityCode(String cityCode) {
      this.cityCode = cityCode;
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

    public Builder priority(int priority) {
      this.priority = priority;
      return this;
    }

    public Location build() {
      return new Location(country, countryCode, city, cityCode, latitude, longitude, priority);
    }
  }
}

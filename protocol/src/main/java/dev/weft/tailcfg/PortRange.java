package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.UINT16;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;

/// Ports from `first` to `last`, both included.
public record PortRange(int first, int last) {

  public static final JsonType<PortRange> JSON =
      ObjectType.<PortRange, Builder>of(Builder::new, Builder::build)
          .always("First", UINT16, PortRange::first, Builder::first)
          .always("Last", UINT16, PortRange::last, Builder::last)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public static final PortRange ALL = new PortRange(0, 0xffff);

  public boolean contains(int port) {
    return first <= port && port <= last;
  }

  public Builder toBuilder() {
    return new Builder().first(first).last(last);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private int first;
    private int last;

    private Builder() {}

    public Builder first(int first) {
      this.first = first;
      return this;
    }

    public Builder last(int last) {
      this.last = last;
      return this;
    }

    public PortRange build() {
      return new PortRange(first, last);
    }
  }
}

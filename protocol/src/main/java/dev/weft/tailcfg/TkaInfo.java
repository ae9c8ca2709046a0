package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;

/// The state of tailnet lock, `docs/protocol/control.md` §5.3.
public record TkaInfo(String head, boolean disabled) {

  public static final JsonType<TkaInfo> JSON =
      ObjectType.<TkaInfo, Builder>of(Builder::new, Builder::build)
          .omit("Head", STRING, TkaInfo::head, Builder::head)
          .omit("Disabled", BOOL, TkaInfo::disabled, Builder::disabled)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder().head(head).disabled(disabled);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private String head = "";
    private boolean disabled;

    private Builder() {}

    public Builder head(String head) {
      this.head = head;
      return this;
    }

    public Builder disabled(boolean disabled) {
      this.disabled = disabled;
      return this;
    }

    public TkaInfo build() {
      return new TkaInfo(head, disabled);
    }
  }
}

package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;

/// A link of a [DisplayMessage].
public record DisplayMessageAction(String url, String label) {

  public static final JsonType<DisplayMessageAction> JSON =
      ObjectType.<DisplayMessageAction, Builder>of(Builder::new, Builder::build)
          .always("URL", STRING, DisplayMessageAction::url, Builder::url)
          .always("Label", STRING, DisplayMessageAction::label, Builder::label)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder().url(url).label(label);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private String url = "";
    private String label = "";

    private Builder() {}

    public Builder url(String url) {
      this.url = url;
      return this;
    }

    public Builder label(String label) {
      this.label = label;
      return this;
    }

    public DisplayMessageAction build() {
      return new DisplayMessageAction(url, label);
    }
  }
}

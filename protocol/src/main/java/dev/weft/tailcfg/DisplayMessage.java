package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import org.jspecify.annotations.Nullable;

/// A message for the user, `docs/protocol/control.md` §5.3.
///
/// @param severity `high`, `medium` or `low`
public record DisplayMessage(
    String title,
    String text,
    String severity,
    boolean impactsConnectivity,
    @Nullable DisplayMessageAction primaryAction) {

  public static final JsonType<DisplayMessage> JSON =
      ObjectType.<DisplayMessage, Builder>of(Builder::new, Builder::build)
          .always("Title", STRING, DisplayMessage::title, Builder::title)
          .always("Text", STRING, DisplayMessage::text, Builder::text)
          .always("Severity", STRING, DisplayMessage::severity, Builder::severity)
          .omit(
              "ImpactsConnectivity",
              BOOL,
              DisplayMessage::impactsConnectivity,
              Builder::impactsConnectivity)
          .omit(
              "PrimaryAction",
              DisplayMessageAction.JSON,
              DisplayMessage::primaryAction,
              Builder::primaryAction)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  /// In [MapResponse#displayMessages]: the message of this ID is withdrawn.
  public static final DisplayMessage WITHDRAWN = builder().build();

  public Builder toBuilder() {
    return new Builder()
        .title(title)
        .text(text)
        .severity(severity)
        .impactsConnectivity(impactsConnectivity)
        .primaryAction(primaryAction);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private String title = "";
    private String text = "";
    private String severity = "";
    private boolean impactsConnectivity;
    private @Nullable DisplayMessageAction primaryAction;

    private Builder() {}

    public Builder title(String title) {
      this.title = title;
      return this;
    }

    public Builder text(String text) {
      this.text = text;
      return this;
    }

    public Builder severity(String severity) {
      this.severity = severity;
      return this;
    }

    public Builder impactsConnectivity(boolean impactsConnectivity) {
      this.impactsConnectivity = impactsConnectivity;
      return this;
    }

    public Builder primaryAction(@Nullable DisplayMessageAction primaryAction) {
      this.primaryAction = primaryAction;
      return this;
    }

    public DisplayMessage build() {
      return new DisplayMessage(title, text, severity, impactsConnectivity, primaryAction);
    }
  }
}

package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;

/// The answer to a [QueryFeatureRequest].
///
/// @param complete the feature is on, go ahead
public record QueryFeatureResponse(boolean complete, String text, String url, boolean shouldWait) {

  public static final JsonType<QueryFeatureResponse> JSON =
      ObjectType.<QueryFeatureResponse, Builder>of(Builder::new, Builder::build)
          .omit("Complete", BOOL, QueryFeatureResponse::complete, Builder::complete)
          .omit("Text", STRING, QueryFeatureResponse::text, Builder::text)
          .omit("URL", STRING, QueryFeatureResponse::url, Builder::url)
          .omit("ShouldWait", BOOL, QueryFeatureResponse::shouldWait, Builder::shouldWait)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder().complete(complete).text(text).url(url).shouldWait(shouldWait);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private boolean complete;
    private String text = "";
    private String url = "";
    private boolean shouldWait;

    private Builder() {}

    public Builder complete(boolean complete) {
      this.complete = complete;
      return this;
    }

    public Builder text(String text) {
      this.text = text;
      return this;
    }

    public Builder url(String url) {
      this.url = url;
      return this;
    }

    public Builder shouldWait(boolean shouldWait) {
      this.shouldWait = shouldWait;
      return this;
    }

    public QueryFeatureResponse build() {
      return new QueryFeatureResponse(complete, text, url, shouldWait);
    }
  }
}

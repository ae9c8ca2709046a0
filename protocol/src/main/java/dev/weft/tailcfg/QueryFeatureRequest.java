package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.tailcfg.WireTypes.NODE_KEY;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.keys.NodeKey;

/// `POST /machine/feature/query`, `docs/protocol/control.md` §3.1.
///
/// @param feature `serve` or `funnel`
public record QueryFeatureRequest(String feature, NodeKey nodeKey) {

  public static final JsonType<QueryFeatureRequest> JSON =
      ObjectType.<QueryFeatureRequest, Builder>of(Builder::new, Builder::build)
          .always("Feature", STRING, QueryFeatureRequest::feature, Builder::feature)
          .always("NodeKey", NODE_KEY, QueryFeatureRequest::nodeKey, Builder::nodeKey)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder().feature(feature).nodeKey(nodeKey);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private String feature = "";
    private NodeKey nodeKey = NodeKey.ZERO;

    private Builder() {}

    public Builder feature(String feature) {
      this.feature = feature;
      return this;
    }

    public Builder nodeKey(NodeKey nodeKey) {
      this.nodeKey = nodeKey;
      return this;
    }

    public QueryFeatureRequest build() {
      return new QueryFeatureRequest(feature, nodeKey);
    }
  }
}

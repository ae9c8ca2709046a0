package dev.weft.ipn;

import static dev.weft.ipn.IpnTypes.CAPS;
import static dev.weft.ipn.IpnTypes.nullIfEmpty;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.json.RawJson;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.UserProfile;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Who is behind an address: the node, its user, and what the node may do here beyond reaching
/// ports.
public record WhoIsResponse(
    @Nullable Node node,
    @Nullable UserProfile userProfile,
    SortedMap<String, List<RawJson>> capMap) {
  public static final JsonType<WhoIsResponse> JSON =
      ObjectType.<WhoIsResponse, Builder>of(Builder::new, Builder::build)
          .always("Node", Node.JSON, WhoIsResponse::node, (b, v) -> b.node = v)
          .always(
              "UserProfile",
              UserProfile.JSON,
              WhoIsResponse::userProfile,
              (b, v) -> b.userProfile = v)
          .always("CapMap", CAPS, w -> nullIfEmpty(w.capMap), (b, v) -> b.capMap = v)
          .build();

  public WhoIsResponse {
    capMap = Collections.unmodifiableSortedMap(new TreeMap<>(capMap));
  }

  private static final class Builder {
    private @Nullable Node node;
    private @Nullable UserProfile userProfile;
    private SortedMap<String, List<RawJson>> capMap = Collections.emptySortedMap();

    private WhoIsResponse build() {
      return new WhoIsResponse(node, userProfile, capMap);
    }
  }
}

package dev.weft.ipn;

import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.tailcfg.UserProfile;

/// Who is logged in: the part of a login that local programs may see. On the wire it also has
/// fields for keys, which a node always writes as zeros.
public record Persist(UserProfile userProfile, String nodeId) {
  private static final String NO_NODE_KEY = "privkey:" + "0".repeat(64);
  private static final String NO_LOCK_KEY = "nlpriv:" + "0".repeat(128);

  public static final JsonType<Persist> JSON =
      ObjectType.<Persist, Builder>of(Builder::new, Builder::build)
          .always("PrivateNodeKey", STRING, _ -> NO_NODE_KEY, (_, _) -> {})
          .always("OldPrivateNodeKey", STRING, _ -> NO_NODE_KEY, (_, _) -> {})
          .always(
              "UserProfile", UserProfile.JSON, Persist::userProfile, (b, v) -> b.userProfile = v)
          .always("NetworkLockKey", STRING, _ -> NO_LOCK_KEY, (_, _) -> {})
          .always("NodeID", STRING, Persist::nodeId, (b, v) -> b.nodeId = v)
          .build();

  private static final class Builder {
    private UserProfile userProfile = UserProfile.builder().build();
    private String nodeId = "";

    private Persist build() {
      return new Persist(userProfile, nodeId);
    }
  }
}

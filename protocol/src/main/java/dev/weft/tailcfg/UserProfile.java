package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.LONG;
import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;

/// A user as shown to peers, `docs/protocol/control.md` §5.5.
public record UserProfile(long id, String loginName, String displayName, String profilePicUrl) {

  public static final JsonType<UserProfile> JSON =
      ObjectType.<UserProfile, Builder>of(Builder::new, Builder::build)
          .always("ID", LONG, UserProfile::id, Builder::id)
          .always("LoginName", STRING, UserProfile::loginName, Builder::loginName)
          .always("DisplayName", STRING, UserProfile::displayName, Builder::displayName)
          .omit("ProfilePicURL", STRING, UserProfile::profilePicUrl, Builder::profilePicUrl)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .id(id)
        .loginName(loginName)
        .displayName(displayName)
        .profilePicUrl(profilePicUrl);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private long id;
    private String loginName = "";
    private String displayName = "";
    private String profilePicUrl = "";

    private Builder() {}

    public Builder id(long id) {
      this.id = id;
      return this;
    }

    public Builder loginName(String loginName) {
      this.loginName = loginName;
      return this;
    }

    public Builder displayName(String displayName) {
      this.displayName = displayName;
      return this;
    }

    public Builder profilePicUrl(String profilePicUrl) {
      this.profilePicUrl = profilePicUrl;
      return this;
    }

    public UserProfile build() {
      return new UserProfile(id, loginName, displayName, profilePicUrl);
    }
  }
}

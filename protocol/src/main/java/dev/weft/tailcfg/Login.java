package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.LONG;
import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;

/// The login of a user in a [RegisterResponse], `docs/protocol/control.md` §4.1.
public record Login(
    long id, String provider, String loginName, String displayName, String profilePicUrl) {

  public static final JsonType<Login> JSON =
      ObjectType.<Login, Builder>of(Builder::new, Builder::build)
          .always("ID", LONG, Login::id, Builder::id)
          .always("Provider", STRING, Login::provider, Builder::provider)
          .always("LoginName", STRING, Login::loginName, Builder::loginName)
          .always("DisplayName", STRING, Login::displayName, Builder::displayName)
          .omit("ProfilePicURL", STRING, Login::profilePicUrl, Builder::profilePicUrl)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .id(id)
        .provider(provider)
        .loginName(loginName)
        .displayName(displayName)
        .profilePicUrl(profilePicUrl);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private long id;
    private String provider = "";
    private String loginName = "";
    private String displayName = "";
    private String profilePicUrl = "";

    private Builder() {}

    public Builder id(long id) {
      this.id = id;
      return this;
    }

    public Builder provider(String provider) {
      this.provider = provider;
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

    public Login build() {
      return new Login(id, provider, loginName, displayName, profilePicUrl);
    }
  }
}

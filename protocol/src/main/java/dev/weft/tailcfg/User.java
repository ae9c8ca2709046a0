package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.LONG;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.TIME;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A user in a [RegisterResponse], `docs/protocol/control.md` §4.1.
public record User(long id, String displayName, String profilePicUrl, @Nullable Instant created) {

  public static final JsonType<User> JSON =
      ObjectType.<User, Builder>of(Builder::new, Builder::build)
          .always("ID", LONG, User::id, Builder::id)
          .always("DisplayName", STRING, User::displayName, Builder::displayName)
          .omit("ProfilePicURL", STRING, User::profilePicUrl, Builder::profilePicUrl)
          .omit("Created", TIME, User::created, Builder::created)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .id(id)
        .displayName(displayName)
        .profilePicUrl(profilePicUrl)
        .created(created);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private long id;
    private String displayName = "";
    private String profilePicUrl = "";
    private @Nullable Instant created;

    private Builder() {}

    public Builder id(long id) {
      this.id = id;
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

    public Builder created(@Nullable Instant created) {
      this.created = created;
      return this;
    }

    public User build() {
      return new User(id, displayName, profilePicUrl, created);
    }
  }
}

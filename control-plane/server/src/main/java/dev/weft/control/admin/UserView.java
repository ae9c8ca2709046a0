package dev.weft.control.admin;

import static dev.weft.json.JsonTypes.LONG;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.TIME;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A user as admins see it.
record UserView(long id, String name, String displayName, @Nullable Instant created) {

  static final JsonType<UserView> JSON =
      ObjectType.<UserView, Builder>of(Builder::new, Builder::build)
          .always("id", LONG, UserView::id, Builder::id)
          .always("name", STRING, UserView::name, Builder::name)
          .always("displayName", STRING, UserView::displayName, Builder::displayName)
          .always("created", TIME, UserView::created, Builder::created)
          .build();

  static Builder builder() {
    return new Builder();
  }

  /// Everything not set is absent.
  static final class Builder {
    private long id;
    private String name = "";
    private String displayName = "";
    private @Nullable Instant created;

    private Builder() {}

    Builder id(long id) {
      this.id = id;
      return this;
    }

    Builder name(String name) {
      this.name = name;
      return this;
    }

    Builder displayName(String displayName) {
      this.displayName = displayName;
      return this;
    }

    Builder created(@Nullable Instant created) {
      this.created = created;
      return this;
    }

    UserView build() {
      return new UserView(id, name, displayName, created);
    }
  }
}

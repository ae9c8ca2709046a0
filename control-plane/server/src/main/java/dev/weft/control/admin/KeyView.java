package dev.weft.control.admin;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.LONG;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.TIME;
import static dev.weft.json.JsonTypes.listOf;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An auth key as admins see it; its text is not known any more.
///
/// @param valid nodes can register with it now
record KeyView(
    long id,
    String user,
    List<String> tags,
    boolean reusable,
    boolean ephemeral,
    @Nullable Instant created,
    @Nullable Instant expiry,
    @Nullable Instant used,
    @Nullable Instant revoked,
    boolean valid) {

  static final JsonType<KeyView> JSON =
      ObjectType.<KeyView, Builder>of(Builder::new, Builder::build)
          .always("id", LONG, KeyView::id, Builder::id)
          .omit("user", STRING, KeyView::user, Builder::user)
          .always("tags", listOf(STRING), KeyView::tags, Builder::tags)
          .always("reusable", BOOL, KeyView::reusable, Builder::reusable)
          .always("ephemeral", BOOL, KeyView::ephemeral, Builder::ephemeral)
          .always("created", TIME, KeyView::created, Builder::created)
          .omit("expiry", TIME, KeyView::expiry, Builder::expiry)
          .omit("used", TIME, KeyView::used, Builder::used)
          .omit("revoked", TIME, KeyView::revoked, Builder::revoked)
          .always("valid", BOOL, KeyView::valid, Builder::valid)
          .build();

  KeyView {
    tags = List.copyOf(tags);
  }

  static Builder builder() {
    return new Builder();
  }

  /// Everything not set is absent.
  static final class Builder {
    private long id;
    private String user = "";
    private List<String> tags = List.of();
    private boolean reusable;
    private boolean ephemeral;
    private @Nullable Instant created;
    private @Nullable Instant expiry;
    private @Nullable Instant used;
    private @Nullable Instant revoked;
    private boolean valid;

    private Builder() {}

    Builder id(long id) {
      this.id = id;
      return this;
    }

    Builder user(String user) {
      this.user = user;
      return this;
    }

    Builder tags(List<String> tags) {
      this.tags = tags;
      return this;
    }

    Builder reusable(boolean reusable) {
      this.reusable = reusable;
      return this;
    }

    Builder ephemeral(boolean ephemeral) {
      this.ephemeral = ephemeral;
      return this;
    }

    Builder created(@Nullable Instant created) {
      this.created = created;
      return this;
    }

    Builder expiry(@Nullable Instant expiry) {
      this.expiry = expiry;
      return this;
    }

    Builder used(@Nullable Instant used) {
      this.used = used;
      return this;
    }

    Builder revoked(@Nullable Instant revoked) {
      this.revoked = revoked;
      return this;
    }

    Builder valid(boolean valid) {
      this.valid = valid;
      return this;
    }

    KeyView build() {
      return new KeyView(
          id, user, tags, reusable, ephemeral, created, expiry, used, revoked, valid);
    }
  }
}

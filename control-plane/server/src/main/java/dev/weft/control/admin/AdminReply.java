package dev.weft.control.admin;

import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.listOf;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.util.List;

/// The answer to an [AdminRequest]: one line of JSON.
///
/// @param error non-empty when refused
/// @param key the text of a new auth key
record AdminReply(
    String error,
    String key,
    List<UserView> users,
    List<KeyView> keys,
    List<NodeView> nodes,
    List<LoginView> logins,
    List<TagView> tags) {

  static final JsonType<AdminReply> JSON =
      ObjectType.<AdminReply, Builder>of(Builder::new, Builder::build)
          .omit("error", STRING, AdminReply::error, Builder::error)
          .omit("key", STRING, AdminReply::key, Builder::key)
          .omit("users", listOf(UserView.JSON), AdminReply::users, Builder::users)
          .omit("keys", listOf(KeyView.JSON), AdminReply::keys, Builder::keys)
          .omit("nodes", listOf(NodeView.JSON), AdminReply::nodes, Builder::nodes)
          .omit("logins", listOf(LoginView.JSON), AdminReply::logins, Builder::logins)
          .omit("tags", listOf(TagView.JSON), AdminReply::tags, Builder::tags)
          .build();

  AdminReply {
    users = List.copyOf(users);
    keys = List.copyOf(keys);
    nodes = List.copyOf(nodes);
    logins = List.copyOf(logins);
    tags = List.copyOf(tags);
  }

  /// Without the key, which lets nodes in.
  @Override
  public String toString() {
    return "AdminReply[error=%s, users=%s, keys=%s, nodes=%s, logins=%s, tags=%s]"
        .formatted(error, users, keys, nodes, logins, tags);
  }

  static Builder builder() {
    return new Builder();
  }

  /// Everything not set is absent.
  static final class Builder {
    private String error = "";
    private String key = "";
    private List<UserView> users = List.of();
    private List<KeyView> keys = List.of();
    private List<NodeView> nodes = List.of();
    private List<LoginView> logins = List.of();
    private List<TagView> tags = List.of();

    private Builder() {}

    Builder error(String error) {
      this.error = error;
      return this;
    }

    Builder key(String key) {
      this.key = key;
      return this;
    }

    Builder users(List<UserView> users) {
      this.users = users;
      return this;
    }

    Builder keys(List<KeyView> keys) {
      this.keys = keys;
      return this;
    }

    Builder nodes(List<NodeView> nodes) {
      this.nodes = nodes;
      return this;
    }

    Builder logins(List<LoginView> logins) {
      this.logins = logins;
      return this;
    }

    Builder tags(List<TagView> tags) {
      this.tags = tags;
      return this;
    }

    AdminReply build() {
      return new AdminReply(error, key, users, keys, nodes, logins, tags);
    }
  }
}

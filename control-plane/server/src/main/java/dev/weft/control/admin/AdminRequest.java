package dev.weft.control.admin;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.LONG;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.listOf;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.util.List;

/// What an admin wants of the running server: one line of JSON on its socket. Which fields count
/// depends on `op`.
///
/// @param lifetimeSeconds 0 means for ever
record AdminRequest(
    String op,
    String name,
    String displayName,
    String user,
    long id,
    String node,
    boolean reusable,
    boolean ephemeral,
    List<String> tags,
    List<String> owners,
    long lifetimeSeconds) {

  static final JsonType<AdminRequest> JSON =
      ObjectType.<AdminRequest, Builder>of(Builder::new, Builder::build)
          .always("op", STRING, AdminRequest::op, Builder::op)
          .omit("name", STRING, AdminRequest::name, Builder::name)
          .omit("displayName", STRING, AdminRequest::displayName, Builder::displayName)
          .omit("user", STRING, AdminRequest::user, Builder::user)
          .omit("id", LONG, AdminRequest::id, Builder::id)
          .omit("node", STRING, AdminRequest::node, Builder::node)
          .omit("reusable", BOOL, AdminRequest::reusable, Builder::reusable)
          .omit("ephemeral", BOOL, AdminRequest::ephemeral, Builder::ephemeral)
          .omit("tags", listOf(STRING), AdminRequest::tags, Builder::tags)
          .omit("owners", listOf(STRING), AdminRequest::owners, Builder::owners)
          .omit("lifetimeSeconds", LONG, AdminRequest::lifetimeSeconds, Builder::lifetimeSeconds)
          .build();

  AdminRequest {
    tags = List.copyOf(tags);
    owners = List.copyOf(owners);
  }

  static Builder builder() {
    return new Builder();
  }

  /// Everything not set is absent.
  static final class Builder {
    private String op = "";
    private String name = "";
    private String displayName = "";
    private String user = "";
    private long id;
    private String node = "";
    private boolean reusable;
    private boolean ephemeral;
    private List<String> tags = List.of();
    private List<String> owners = List.of();
    private long lifetimeSeconds;

    private Builder() {}

    Builder op(String op) {
      this.op = op;
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

    Builder user(String user) {
      this.user = user;
      return this;
    }

    Builder id(long id) {
      this.id = id;
      return this;
    }

    Builder node(String node) {
      this.node = node;
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

    Builder tags(List<String> tags) {
      this.tags = tags;
      return this;
    }

    Builder owners(List<String> owners) {
      this.owners = owners;
      return this;
    }

    Builder lifetimeSeconds(long lifetimeSeconds) {
      this.lifetimeSeconds = lifetimeSeconds;
      return this;
    }

    AdminRequest build() {
      return new AdminRequest(
          op,
          name,
          displayName,
          user,
          id,
          node,
          reusable,
          ephemeral,
          tags,
          owners,
          lifetimeSeconds);
    }
  }
}

package dev.weft.control.admin;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.INT;
import static dev.weft.json.JsonTypes.LONG;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.TIME;
import static dev.weft.json.JsonTypes.listOf;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A node as admins see it.
record NodeView(
    long id,
    String name,
    String hostname,
    String user,
    List<String> tags,
    List<String> addresses,
    boolean online,
    @Nullable Instant lastSeen,
    boolean expired,
    @Nullable Instant keyExpiry,
    boolean ephemeral,
    @Nullable Instant created,
    String os,
    String clientVersion,
    int homeDerp,
    List<String> endpoints,
    String nodeKey,
    String machineKey) {

  static final JsonType<NodeView> JSON =
      ObjectType.<NodeView, Builder>of(Builder::new, Builder::build)
          .always("id", LONG, NodeView::id, Builder::id)
          .always("name", STRING, NodeView::name, Builder::name)
          .always("hostname", STRING, NodeView::hostname, Builder::hostname)
          .always("user", STRING, NodeView::user, Builder::user)
          .always("tags", listOf(STRING), NodeView::tags, Builder::tags)
          .always("addresses", listOf(STRING), NodeView::addresses, Builder::addresses)
          .always("online", BOOL, NodeView::online, Builder::online)
          .omit("lastSeen", TIME, NodeView::lastSeen, Builder::lastSeen)
          .always("expired", BOOL, NodeView::expired, Builder::expired)
          .omit("keyExpiry", TIME, NodeView::keyExpiry, Builder::keyExpiry)
          .always("ephemeral", BOOL, NodeView::ephemeral, Builder::ephemeral)
          .always("created", TIME, NodeView::created, Builder::created)
          .always("os", STRING, NodeView::os, Builder::os)
          .always("clientVersion", STRING, NodeView::clientVersion, Builder::clientVersion)
          .always("homeDerp", INT, NodeView::homeDerp, Builder::homeDerp)
          .always("endpoints", listOf(STRING), NodeView::endpoints, Builder::endpoints)
          .always("nodeKey", STRING, NodeView::nodeKey, Builder::nodeKey)
          .always("machineKey", STRING, NodeView::machineKey, Builder::machineKey)
          .build();

  NodeView {
    tags = List.copyOf(tags);
    addresses = List.copyOf(addresses);
    endpoints = List.copyOf(endpoints);
  }

  static Builder builder() {
    return new Builder();
  }

  /// Everything not set is absent.
  static final class Builder {
    private long id;
    private String name = "";
    private String hostname = "";
    private String user = "";
    private List<String> tags = List.of();
    private List<String> addresses = List.of();
    private boolean online;
    private @Nullable Instant lastSeen;
    private boolean expired;
    private @Nullable Instant keyExpiry;
    private boolean ephemeral;
    private @Nullable Instant created;
    private String os = "";
    private String clientVersion = "";
    private int homeDerp;
    private List<String> endpoints = List.of();
    private String nodeKey = "";
    private String machineKey = "";

    private Builder() {}

    Builder id(long id) {
      this.id = id;
      return this;
    }

    Builder name(String name) {
      this.name = name;
      return this;
    }

    Builder hostname(String hostname) {
      this.hostname = hostname;
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

    Builder addresses(List<String> addresses) {
      this.addresses = addresses;
      return this;
    }

    Builder online(boolean online) {
      this.online = online;
      return this;
    }

    Builder lastSeen(@Nullable Instant lastSeen) {
      this.lastSeen = lastSeen;
      return this;
    }

    Builder expired(boolean expired) {
      this.expired = expired;
      return this;
    }

    Builder keyExpiry(@Nullable Instant keyExpiry) {
      this.keyExpiry = keyExpiry;
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

    Builder os(String os) {
      this.os = os;
      return this;
    }

    Builder clientVersion(String clientVersion) {
      this.clientVersion = clientVersion;
      return this;
    }

    Builder homeDerp(int homeDerp) {
      this.homeDerp = homeDerp;
      return this;
    }

    Builder endpoints(List<String> endpoints) {
      this.endpoints = endpoints;
      return this;
    }

    Builder nodeKey(String nodeKey) {
      this.nodeKey = nodeKey;
      return this;
    }

    Builder machineKey(String machineKey) {
      this.machineKey = machineKey;
      return this;
    }

    NodeView build() {
      return new NodeView(
          id,
          name,
          hostname,
          user,
          tags,
          addresses,
          online,
          lastSeen,
          expired,
          keyExpiry,
          ephemeral,
          created,
          os,
          clientVersion,
          homeDerp,
          endpoints,
          nodeKey,
          machineKey);
    }
  }
}

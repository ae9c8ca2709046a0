package dev.weft.control.admin;

import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.TIME;
import static dev.weft.json.JsonTypes.listOf;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A login that waits, as admins see it.
///
/// @param from the address, or the network, that asked; empty when it is not known
record LoginView(
    String id,
    String hostname,
    String os,
    List<String> tags,
    String from,
    String machineKey,
    @Nullable Instant until) {

  static final JsonType<LoginView> JSON =
      ObjectType.<LoginView, Builder>of(Builder::new, Builder::build)
          .always("id", STRING, LoginView::id, Builder::id)
          .always("hostname", STRING, LoginView::hostname, Builder::hostname)
          .always("os", STRING, LoginView::os, Builder::os)
          .always("tags", listOf(STRING), LoginView::tags, Builder::tags)
          .always("from", STRING, LoginView::from, Builder::from)
          .always("machineKey", STRING, LoginView::machineKey, Builder::machineKey)
          .always("until", TIME, LoginView::until, Builder::until)
          .build();

  LoginView {
    tags = List.copyOf(tags);
  }

  static Builder builder() {
    return new Builder();
  }

  /// Everything not set is absent.
  static final class Builder {
    private String id = "";
    private String hostname = "";
    private String os = "";
    private List<String> tags = List.of();
    private String from = "";
    private String machineKey = "";
    private @Nullable Instant until;

    private Builder() {}

    Builder id(String id) {
      this.id = id;
      return this;
    }

    Builder hostname(String hostname) {
      this.hostname = hostname;
      return this;
    }

    Builder os(String os) {
      this.os = os;
      return this;
    }

    Builder tags(List<String> tags) {
      this.tags = tags;
      return this;
    }

    Builder from(String from) {
      this.from = from;
      return this;
    }

    Builder machineKey(String machineKey) {
      this.machineKey = machineKey;
      return this;
    }

    Builder until(@Nullable Instant until) {
      this.until = until;
      return this;
    }

    LoginView build() {
      return new LoginView(id, hostname, os, tags, from, machineKey, until);
    }
  }
}

package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.tailcfg.WireTypes.BYTES;

import dev.weft.base.Bytes;
import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import org.jspecify.annotations.Nullable;

/// The answer to a [RegisterRequest], `docs/protocol/control.md` §4.1. Every field is always sent.
///
/// @param authUrl non-empty while the user still has to log in
/// @param error non-empty when refused: nothing else counts then
public record RegisterResponse(
    User user,
    Login login,
    boolean nodeKeyExpired,
    boolean machineAuthorized,
    String authUrl,
    @Nullable Bytes nodeKeySignature,
    String error) {

  public static final JsonType<RegisterResponse> JSON =
      ObjectType.<RegisterResponse, Builder>of(Builder::new, Builder::build)
          .always("User", User.JSON, RegisterResponse::user, Builder::user)
          .always("Login", Login.JSON, RegisterResponse::login, Builder::login)
          .always("NodeKeyExpired", BOOL, RegisterResponse::nodeKeyExpired, Builder::nodeKeyExpired)
          .always(
              "MachineAuthorized",
              BOOL,
              RegisterResponse::machineAuthorized,
              Builder::machineAuthorized)
          .always("AuthURL", STRING, RegisterResponse::authUrl, Builder::authUrl)
          .always(
              "NodeKeySignature",
              BYTES,
              RegisterResponse::nodeKeySignature,
              Builder::nodeKeySignature)
          .always("Error", STRING, RegisterResponse::error, Builder::error)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .user(user)
        .login(login)
        .nodeKeyExpired(nodeKeyExpired)
        .machineAuthorized(machineAuthorized)
        .authUrl(authUrl)
        .nodeKeySignature(nodeKeySignature)
        .error(error);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private User user = User.builder().build();
    private Login login = Login.builder().build();
    private boolean nodeKeyExpired;
    private boolean machineAuthorized;
    private String authUrl = "";
    private @Nullable Bytes nodeKeySignature;
    private String error = "";

    private Builder() {}

    public Builder user(User user) {
      this.user = user;
      return this;
    }

    public Builder login(Login login) {
      this.login = login;
      return this;
    }

    public Builder nodeKeyExpired(boolean nodeKeyExpired) {
      this.nodeKeyExpired = nodeKeyExpired;
      return this;
    }

    public Builder machineAuthorized(boolean machineAuthorized) {
      this.machineAuthorized = machineAuthorized;
      return this;
    }

    public Builder authUrl(String authUrl) {
      this.authUrl = authUrl;
      return this;
    }

    public Builder nodeKeySignature(@Nullable Bytes nodeKeySignature) {
      this.nodeKeySignature = nodeKeySignature;
      return this;
    }

    public Builder error(String error) {
      this.error = error;
      return this;
    }

    public RegisterResponse build() {
      return new RegisterResponse(
          user, login, nodeKeyExpired, machineAuthorized, authUrl, nodeKeySignature, error);
    }
  }
}

package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;

/// The credential in a [RegisterRequest].
public record RegisterAuth(String authKey) {

  public static final JsonType<RegisterAuth> JSON =
      ObjectType.<RegisterAuth, Builder>of(Builder::new, Builder::build)
          .omit("AuthKey", STRING, RegisterAuth::authKey, Builder::authKey)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String toString() {
    return "RegisterAuth[redacted]";
  }

  public Builder toBuilder() {
    return new Builder().authKey(authKey);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private String authKey = "";

    private Builder() {}

    public Builder authKey(String authKey) {
      this.authKey = authKey;
      return this;
    }

    public RegisterAuth build() {
      return new RegisterAuth(authKey);
    }
  }
}

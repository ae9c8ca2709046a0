package dev.weft.tailcfg;

import static dev.weft.tailcfg.WireTypes.CHALLENGE_KEY;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.keys.ChallengeKey;
import org.jspecify.annotations.Nullable;

/// The payload that the server may send before HTTP/2, `docs/protocol/control.md` §2.5.
public record EarlyNoise(@Nullable ChallengeKey nodeKeyChallenge) {

  public static final JsonType<EarlyNoise> JSON =
      ObjectType.<EarlyNoise, Builder>of(Builder::new, Builder::build)
          .always(
              "nodeKeyChallenge",
              CHALLENGE_KEY,
              EarlyNoise::nodeKeyChallenge,
              Builder::nodeKeyChallenge)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder().nodeKeyChallenge(nodeKeyChallenge);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private @Nullable ChallengeKey nodeKeyChallenge;

    private Builder() {}

    public Builder nodeKeyChallenge(@Nullable ChallengeKey nodeKeyChallenge) {
      this.nodeKeyChallenge = nodeKeyChallenge;
      return this;
    }

    public EarlyNoise build() {
      return new EarlyNoise(nodeKeyChallenge);
    }
  }
}

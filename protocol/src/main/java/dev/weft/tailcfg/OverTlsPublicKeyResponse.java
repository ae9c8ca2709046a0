package dev.weft.tailcfg;

import static dev.weft.tailcfg.WireTypes.MACHINE_KEY;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.keys.MachineKey;
import org.jspecify.annotations.Nullable;

/// The answer of `GET /key`, `docs/protocol/control.md` §1.2.
///
/// @param legacyPublicKey a key nobody uses any more; official clients re-fetch when it is zero
/// @param publicKey the server's Noise static key
public record OverTlsPublicKeyResponse(
    @Nullable MachineKey legacyPublicKey, @Nullable MachineKey publicKey) {

  public static final JsonType<OverTlsPublicKeyResponse> JSON =
      ObjectType.<OverTlsPublicKeyResponse, Builder>of(Builder::new, Builder::build)
          .always(
              "legacyPublicKey",
              MACHINE_KEY,
              OverTlsPublicKeyResponse::legacyPublicKey,
              Builder::legacyPublicKey)
          .always("publicKey", MACHINE_KEY, OverTlsPublicKeyResponse::publicKey, Builder::publicKey)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder().legacyPublicKey(legacyPublicKey).publicKey(publicKey);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private @Nullable MachineKey legacyPublicKey;
    private @Nullable MachineKey publicKey;

    private Builder() {}

    public Builder legacyPublicKey(@Nullable MachineKey legacyPublicKey) {
      this.legacyPublicKey = legacyPublicKey;
      return this;
    }

    public Builder publicKey(@Nullable MachineKey publicKey) {
      this.publicKey = publicKey;
      return this;
    }

    public OverTlsPublicKeyResponse build() {
      return new OverTlsPublicKeyResponse(legacyPublicKey, publicKey);
    }
  }
}

package dev.weft.keys;

import dev.weft.base.Entropy;
import dev.weft.crypto.X25519PrivateKey;
import java.util.HexFormat;

/// The secret bytes behind a private key and their text form. Only the key classes hold one.
final class PrivateKeyText {
  private static final String PREFIX = "privkey:";

  private final byte[] secret;

  private PrivateKeyText(byte[] secret) {
    this.secret = secret;
  }

  static PrivateKeyText generate(Entropy entropy) {
    return new PrivateKeyText(X25519PrivateKey.clamp(entropy.bytes(X25519PrivateKey.BYTES)));
  }

  static PrivateKeyText parse(String text) {
    return new PrivateKeyText(
        KeyText.tryParse(PREFIX, text).orElseThrow(() -> KeyText.malformed(PREFIX)).toArray());
  }

  X25519PrivateKey agreement() {
    return X25519PrivateKey.of(secret);
  }

  String text() {
    return PREFIX + HexFormat.of().formatHex(secret);
  }
}

package dev.weft.control.tailnet;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weft.base.Bytes;
import dev.weft.base.Entropy;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The text of auth keys: 256 random bits behind a prefix that secret scanners can look for.
///
/// The randomness is why a plain hash is enough to keep.
final class AuthKeyText {
  private static final String PREFIX = "weft-auth-";
  private static final int SECRET_BYTES = 32;

  private AuthKeyText() {}

  static String generate(Entropy entropy) {
    return PREFIX + HexFormat.of().formatHex(entropy.bytes(SECRET_BYTES));
  }

  static Bytes hash(String text) {
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-256").digest(text.strip().getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

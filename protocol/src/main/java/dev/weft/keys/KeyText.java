package dev.weft.keys;

import dev.weft.base.Bytes;
import dev.weft.crypto.X25519PrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/// Reads and checks what all public keys have in common.
final class KeyText {
  private static final int HEX_DIGITS = 2 * X25519PrivateKey.BYTES;
  private static final int SHORT_CHARACTERS = 5;

  private KeyText() {}

  /// The bytes of `<prefix><64 hex digits>`, digits in either case.
  static Optional<Bytes> tryParse(String prefix, String text) {
    if (text.length() != prefix.length() + HEX_DIGITS || !text.startsWith(prefix)) {
      return Optional.empty();
    }
    for (int i = prefix.length(); i < text.length(); i++) {
      if (!HexFormat.isHexDigit(text.charAt(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(Bytes.fromHex(text.substring(prefix.length())));
  }

  /// The complaint leaves the text out: it may be a private key in the wrong place.
  static IllegalArgumentException malformed(String prefix) {
    return new IllegalArgumentException(
        "not a key of the form " + prefix + " and " + HEX_DIGITS + " hex digits");
  }

  static void requireKeyLength(Bytes raw) {
    if (raw.length() != X25519PrivateKey.BYTES) {
      throw new IllegalArgumentException("a key has 32 bytes, not " + raw.length());
    }
  }

  static Bytes at(byte[] bytes, int offset) {
    if (offset > bytes.length - X25519PrivateKey.BYTES) {
      throw new IllegalArgumentException("no 32 bytes left for a key");
    }
    return Bytes.copyOf(bytes, offset, X25519PrivateKey.BYTES);
  }

  /// `[` and the first five characters of the base64 form and `]`.
  static String shortForm(Bytes raw) {
    String base64 = Base64.getEncoder().encodeToString(Arrays.copyOf(raw.toArray(), 6));
    return "[" + base64.substring(0, SHORT_CHARACTERS) + "]";
  }
}

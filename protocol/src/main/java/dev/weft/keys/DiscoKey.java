package dev.weft.keys;

import dev.weft.base.Bytes;
import java.util.Optional;

/// The public key a node finds paths with, new in every process.
///
/// `docs/protocol/control.md` §1.1.
///
/// @param raw its 32 bytes; all zero means that there is no key
public record DiscoKey(Bytes raw) implements Comparable<DiscoKey> {
  /// Bytes of a key.
  public static final int BYTES = 32;

  /// No key.
  public static final DiscoKey ZERO = new DiscoKey(Bytes.of(new byte[BYTES]));

  private static final String PREFIX = "discokey:";

  public DiscoKey {
    KeyText.requireKeyLength(raw);
  }

  /// Reads the form of [#toString()], hex digits in either case.
  ///
  /// @throws IllegalArgumentException when the text is anything else
  public static DiscoKey parse(String text) {
    return tryParse(text).orElseThrow(() -> KeyText.malformed(PREFIX));
  }

  /// [#parse(String)] for text that may be anything.
  public static Optional<DiscoKey> tryParse(String text) {
    return KeyText.tryParse(PREFIX, text).map(DiscoKey::new);
  }

  /// The key whose bytes begin at `offset`.
  public static DiscoKey ofBytes(byte[] bytes, int offset) {
    return new DiscoKey(KeyText.at(bytes, offset));
  }

  /// Writes the 32 bytes to `destination`.
  public void copyTo(byte[] destination, int at) {
    raw.copyTo(destination, at);
  }

  /// Whether there is no key.
  public boolean isZero() {
    return raw.isZero();
  }

  /// How logs of both makes show it: `d:` and 16 hex digits.
  public String shortString() {
    return "d:" + raw.toHex().substring(0, 16);
  }

  @Override
  public int compareTo(DiscoKey other) {
    return raw.compareTo(other.raw);
  }

  @Override
  public String toString() {
    return PREFIX + raw.toHex();
  }
}

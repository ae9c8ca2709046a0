package dev.weft.keys;

import dev.weft.base.Bytes;
import java.util.Optional;

/// The public key of a node: its WireGuard identity, its address on DERP relays, and the key that
/// control lists it under. A new login makes a new one.
///
/// `docs/protocol/control.md` §1.1.
///
/// @param raw its 32 bytes; all zero means that there is no key
public record NodeKey(Bytes raw) implements Comparable<NodeKey> {
  /// Bytes of a key.
  public static final int BYTES = 32;

  /// No key.
  public static final NodeKey ZERO = new NodeKey(Bytes.of(new byte[BYTES]));

  private static final String PREFIX = "nodekey:";

  public NodeKey {
    KeyText.requireKeyLength(raw);
  }

  /// Reads the form of [#toString()], hex digits in either case.
  ///
  /// @throws IllegalArgumentException when the text is anything else
  public static NodeKey parse(String text) {
    return tryParse(text).orElseThrow(() -> KeyText.malformed(PREFIX));
  }

  /// [#parse(String)] for text that may be anything.
  public static Optional<NodeKey> tryParse(String text) {
    return KeyText.tryParse(PREFIX, text).map(NodeKey::new);
  }

  /// The key whose bytes begin at `offset`.
  public static NodeKey ofBytes(byte[] bytes, int offset) {
    return new NodeKey(KeyText.at(bytes, offset));
  }

  /// Writes the 32 bytes to `destination`.
  public void copyTo(byte[] destination, int at) {
    raw.copyTo(destination, at);
  }

  /// Whether there is no key.
  public boolean isZero() {
    return raw.isZero();
  }

  /// How logs of both makes show it: `[` and five characters of base64 and `]`.
  public String shortString() {
    return KeyText.shortForm(raw);
  }

  @Override
  public int compareTo(NodeKey other) {
    return raw.compareTo(other.raw);
  }

  @Override
  public String toString() {
    return PREFIX + raw.toHex();
  }
}

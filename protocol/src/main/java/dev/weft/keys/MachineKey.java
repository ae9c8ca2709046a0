package dev.weft.keys;

import dev.weft.base.Bytes;
import java.util.Optional;

/// The public key of a machine: what control knows a device by over all its logins, and what a node
/// knows its control server by.
///
/// `docs/protocol/control.md` §1.1.
///
/// @param raw its 32 bytes; all zero means that there is no key
public record MachineKey(Bytes raw) implements Comparable<MachineKey> {
  /// Bytes of a key.
  public static final int BYTES = 32;

  /// No key.
  public static final MachineKey ZERO = new MachineKey(Bytes.of(new byte[BYTES]));

  private static final String PREFIX = "mkey:";

  public MachineKey {
    KeyText.requireKeyLength(raw);
  }

  /// Reads the form of [#toString()], hex digits in either case.
  ///
  /// @throws IllegalArgumentException when the text is anything else
  public static MachineKey parse(String text) {
    return tryParse(text).orElseThrow(() -> KeyText.malformed(PREFIX));
  }

  /// [#parse(String)] for text that may be anything.
  public static Optional<MachineKey> tryParse(String text) {
    return KeyText.tryParse(PREFIX, text).map(MachineKey::new);
  }

  /// The key whose bytes begin at `offset`.
  public static MachineKey ofBytes(byte[] bytes, int offset) {
    return new MachineKey(KeyText.at(bytes, offset));
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
  public int compareTo(MachineKey other) {
    return raw.compareTo(other.raw);
  }

  @Override
  public String toString() {
    return PREFIX + raw.toHex();
  }
}

package dev.weft.crypto;

import java.nio.ByteOrder;

/// One implementation of ChaCha20-Poly1305. [Aeads] knows which are usable here.
public final class AeadProvider {
  private final String name;
  private final Source source;

  AeadProvider(String name, Source source) {
    this.name = name;
    this.source = source;
  }

  /// What to call it in a log: `libcrypto` or `jdk`.
  public String name() {
    return name;
  }

  /// A key whose counters are written little-endian: WireGuard and Noise.
  public Aead littleEndian(byte[] key) {
    return new CounterAead(keyed(key), ByteOrder.LITTLE_ENDIAN);
  }

  /// A key whose counters are written big-endian: the records of ts2021 (`docs/protocol/control.md`
  /// §2.4).
  public Aead bigEndian(byte[] key) {
    return new CounterAead(keyed(key), ByteOrder.BIG_ENDIAN);
  }

  Primitive keyed(byte[] key) {
    if (key.length != Aead.KEY_BYTES) {
      throw new IllegalArgumentException("a ChaCha20 key has 32 bytes, not " + key.length);
    }
    return source.keyed(key);
  }

  @Override
  public String toString() {
    return name;
  }

  /// Makes the cipher for a key of the right length, which it copies.
  @FunctionalInterface
  interface Source {
    Primitive keyed(byte[] key);
  }
}

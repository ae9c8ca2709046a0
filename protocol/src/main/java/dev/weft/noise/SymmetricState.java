package dev.weft.noise;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.weft.crypto.Aead;
import dev.weft.crypto.Aeads;
import dev.weft.crypto.Blake2s;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The chaining key, the handshake hash and the current cipher key (Noise §5.1 and §5.2).
///
/// In both patterns each cipher key encrypts once before the next is mixed in, so the nonce is
/// always zero and no counter is kept.
final class SymmetricState {
  private static final int HASH_BYTES = Blake2s.HASH_BYTES;

  private byte[] chainingKey;
  private byte[] hash;
  private byte[] key = {};

  private SymmetricState(byte[] chainingKey, byte[] hash) {
    this.chainingKey = chainingKey;
    this.hash = hash;
  }

  /// Noise §5.2 `InitializeSymmetric`: a short name is padded, a long one hashed.
  static SymmetricState start(String protocolName) {
    byte[] name = protocolName.getBytes(US_ASCII);
    byte[] hash = name.length <= HASH_BYTES ? Arrays.copyOf(name, HASH_BYTES) : Blake2s.hash(name);
    return new SymmetricState(hash, hash);
  }

  /// For reading a message that may turn out to be forged. No array is ever written to in place.
  SymmetricState copy() {
    SymmetricState copy = new SymmetricState(chainingKey, hash);
    copy.key = key;
    return copy;
  }

  void mixHash(byte[] data) {
    hash = Blake2s.hash(hash, data);
  }

  void mixKey(byte[] input) {
    byte[][] keys = Blake2s.kdf2(chainingKey, input);
    chainingKey = keys[0];
    key = keys[1];
  }

  void mixKeyAndHash(byte[] input) {
    byte[][] keys = Blake2s.kdf3(chainingKey, input);
    chainingKey = keys[0];
    mixHash(keys[1]);
    key = keys[2];
  }

  byte[] encryptAndHash(byte[] plain) {
    byte[] sealed = new byte[plain.length + Aead.TAG_BYTES];
    Aeads.best().littleEndian(key).seal(0, hash, plain, 0, plain.length, sealed, 0);
    mixHash(sealed);
    return sealed;
  }

  byte @Nullable [] decryptAndHash(byte[] sealed) {
    if (sealed.length < Aead.TAG_BYTES) {
      return null;
    }
    byte[] plain = new byte[sealed.length - Aead.TAG_BYTES];
    if (!Aeads.best().littleEndian(key).open(0, hash, sealed, 0, sealed.length, plain, 0)) {
      return null;
    }
    mixHash(sealed);
    return plain;
  }

  /// Noise §5.2 `Split`.
  TransportKeys split() {
    byte[][] keys = Blake2s.kdf2(chainingKey, new byte[0]);
    return new TransportKeys(keys[0], keys[1], hash);
  }
}

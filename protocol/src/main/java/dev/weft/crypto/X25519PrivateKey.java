package dev.weft.crypto;

import dev.weft.base.Entropy;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.jspecify.annotations.Nullable;

/// A Curve25519 secret that can agree with a public key and tell its own, and gives its bytes to
/// nobody. The named keys of `dev.weft.keys` wrap it; handshakes use it for their ephemeral keys.
///
/// RFC 7748 §6.1.
public final class X25519PrivateKey {
  /// Bytes of a secret, of a public key and of an agreement.
  public static final int BYTES = 32;

  private final byte[] secret;
  private final byte[] publicKey = new byte[BYTES];

  private X25519PrivateKey(byte[] secret) {
    this.secret = secret;
    X25519.scalarMultBase(secret, 0, publicKey, 0);
  }

  /// A new secret.
  public static X25519PrivateKey generate(Entropy entropy) {
    return new X25519PrivateKey(clamp(entropy.bytes(BYTES)));
  }

  /// The secret with these bytes, copied.
  ///
  /// @throws IllegalArgumentException when they are not 32
  public static X25519PrivateKey of(byte[] secret) {
    if (secret.length != BYTES) {
      throw new IllegalArgumentException("an X25519 key has 32 bytes, not " + secret.length);
    }
    return new X25519PrivateKey(secret.clone());
  }

  /// Sets the bits that RFC 7748 §5 fixes, as every key is stored by the original
  /// (`docs/protocol/control.md` §1.1). Agreement does not depend on it.
  public static byte[] clamp(byte[] secret) {
    secret[0] &= (byte) 0xF8;
    secret[31] = (byte) ((secret[31] & 0x7F) | 0x40);
    return secret;
  }

  /// A copy of the 32 bytes of the public key.
  public byte[] publicBytes() {
    return publicKey.clone();
  }

  /// Writes the public key to `destination`.
  public void copyPublicTo(byte[] destination, int at) {
    System.arraycopy(publicKey, 0, destination, at, BYTES);
  }

  /// The secret shared with the owner of the public key at `offset`, or `null` when that key has
  /// low order: the result would be all zero whatever our secret is (RFC 7748 §6.1).
  public byte @Nullable [] agree(byte[] peer, int offset) {
    byte[] shared = new byte[BYTES];
    return X25519.calculateAgreement(secret, 0, peer, offset, shared, 0) ? shared : null;
  }

  /// [#agree(byte[], int)] with an array that holds just the key.
  public byte @Nullable [] agree(byte[] peer) {
    return agree(peer, 0);
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}

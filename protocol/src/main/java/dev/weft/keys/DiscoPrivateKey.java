package dev.weft.keys;

import dev.weft.base.Entropy;
import dev.weft.crypto.Box;
import dev.weft.crypto.X25519PrivateKey;
import org.jspecify.annotations.Nullable;

/// The secret of the key that a process finds paths with. It is never stored.
///
/// `docs/protocol/control.md` §1.1.
public final class DiscoPrivateKey {
  private final X25519PrivateKey agreement;
  private final DiscoKey publicKey;

  private DiscoPrivateKey(PrivateKeyText secret) {
    this.agreement = secret.agreement();
    this.publicKey = DiscoKey.ofBytes(agreement.publicBytes(), 0);
  }

  /// A new key.
  public static DiscoPrivateKey generate(Entropy entropy) {
    return new DiscoPrivateKey(PrivateKeyText.generate(entropy));
  }

  /// The key with the bytes of a `privkey:` text, for known answers.
  ///
  /// @throws IllegalArgumentException when the text is not a private key
  public static DiscoPrivateKey parse(String text) {
    return new DiscoPrivateKey(PrivateKeyText.parse(text));
  }

  /// The key that others know.
  public DiscoKey publicKey() {
    return publicKey;
  }

  /// The secret shared with the owner of a key, or `null` when that key has low order.
  public byte @Nullable [] agree(DiscoKey peer) {
    return agreement.agree(peer.raw().toArray());
  }

  /// The NaCl box with the owner of a key. Keep it: making one costs a curve operation.
  public Box box(DiscoKey peer) {
    return Box.between(agreement, peer.raw().toArray(), 0);
  }

  /// The secret as a handshake takes it: it agrees and tells nothing.
  public X25519PrivateKey agreement() {
    return agreement;
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}

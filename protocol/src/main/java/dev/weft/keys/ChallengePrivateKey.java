package dev.weft.keys;

import dev.weft.base.Entropy;
import dev.weft.crypto.X25519PrivateKey;
import org.jspecify.annotations.Nullable;

/// The secret of a control server's challenge, one per connection. It is never stored.
///
/// `docs/protocol/control.md` §1.1.
public final class ChallengePrivateKey {
  private final X25519PrivateKey agreement;
  private final ChallengeKey publicKey;

  private ChallengePrivateKey(PrivateKeyText secret) {
    this.agreement = secret.agreement();
    this.publicKey = ChallengeKey.ofBytes(agreement.publicBytes(), 0);
  }

  /// A new key.
  public static ChallengePrivateKey generate(Entropy entropy) {
    return new ChallengePrivateKey(PrivateKeyText.generate(entropy));
  }

  /// The key with the bytes of a `privkey:` text, for known answers.
  ///
  /// @throws IllegalArgumentException when the text is not a private key
  public static ChallengePrivateKey parse(String text) {
    return new ChallengePrivateKey(PrivateKeyText.parse(text));
  }

  /// The key that others know.
  public ChallengeKey publicKey() {
    return publicKey;
  }

  /// The secret shared with the owner of a key, or `null` when that key has low order.
  public byte @Nullable [] agree(ChallengeKey peer) {
    return agreement.agree(peer.raw().toArray());
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

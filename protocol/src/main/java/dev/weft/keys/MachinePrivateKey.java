package dev.weft.keys;

import dev.weft.base.Entropy;
import dev.weft.crypto.X25519PrivateKey;
import org.jspecify.annotations.Nullable;

/// The secret of a machine, made once and kept for good. A control server has one too; losing it
/// cuts every node off.
///
/// `docs/protocol/control.md` §1.1.
public final class MachinePrivateKey {
  private final PrivateKeyText secret;
  private final X25519PrivateKey agreement;
  private final MachineKey publicKey;

  private MachinePrivateKey(PrivateKeyText secret) {
    this.secret = secret;
    this.agreement = secret.agreement();
    this.publicKey = MachineKey.ofBytes(agreement.publicBytes(), 0);
  }

  /// A new key.
  public static MachinePrivateKey generate(Entropy entropy) {
    return new MachinePrivateKey(PrivateKeyText.generate(entropy));
  }

  /// Reads the form of [#toPrivateText()].
  ///
  /// @throws IllegalArgumentException when the text is not a private key
  public static MachinePrivateKey parse(String text) {
    return new MachinePrivateKey(PrivateKeyText.parse(text));
  }

  /// The key that others know.
  public MachineKey publicKey() {
    return publicKey;
  }

  /// The secret shared with the owner of a key, or `null` when that key has low order.
  public byte @Nullable [] agree(MachineKey peer) {
    return agreement.agree(peer.raw().toArray());
  }

  /// The secret as a handshake takes it: it agrees and tells nothing.
  public X25519PrivateKey agreement() {
    return agreement;
  }

  /// The text that the state file keeps: the only way out for the secret.
  public String toPrivateText() {
    return secret.text();
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}

package dev.weft.keys;

import dev.weft.base.Entropy;
import dev.weft.crypto.Box;
import dev.weft.crypto.X25519PrivateKey;
import org.jspecify.annotations.Nullable;

/// The secret of a node's WireGuard identity.
///
/// `docs/protocol/control.md` §1.1.
public final class NodePrivateKey {
  private final PrivateKeyText secret;
  private final X25519PrivateKey agreement;
  private final NodeKey publicKey;

  private NodePrivateKey(PrivateKeyText secret) {
    this.secret = secret;
    this.agreement = secret.agreement();
    this.publicKey = NodeKey.ofBytes(agreement.publicBytes(), 0);
  }

  /// A new key.
  public static NodePrivateKey generate(Entropy entropy) {
    return new NodePrivateKey(PrivateKeyText.generate(entropy));
  }

  /// Reads the form of [#toPrivateText()].
  ///
  /// @throws IllegalArgumentException when the text is not a private key
  public static NodePrivateKey parse(String text) {
    return new NodePrivateKey(PrivateKeyText.parse(text));
  }

  /// The key that others know.
  public NodeKey publicKey() {
    return publicKey;
  }

  /// The secret shared with the owner of a key, or `null` when that key has low order.
  public byte @Nullable [] agree(NodeKey peer) {
    return agreement.agree(peer.raw().toArray());
  }

  /// The NaCl box with the owner of a key. Keep it: making one costs a curve operation.
  public Box box(NodeKey peer) {
    return Box.between(agreement, peer.raw().toArray(), 0);
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

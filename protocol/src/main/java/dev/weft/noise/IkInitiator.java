package dev.weft.noise;

import static dev.weft.crypto.X25519PrivateKey.BYTES;

import dev.weft.crypto.Aead;
import dev.weft.crypto.X25519PrivateKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The side that speaks first. Make one per attempt, send [#initiation()], and try every response
/// that comes on [#finish(byte[], byte[])] until one is authentic.
public final class IkInitiator {
  /// Bytes of an initiation without its payload.
  public static final int INITIATION_OVERHEAD = BYTES + BYTES + Aead.TAG_BYTES + Aead.TAG_BYTES;

  private final IkPattern pattern;
  private final SymmetricState state;
  private final X25519PrivateKey staticKey;
  private final X25519PrivateKey ephemeral;
  private final byte[] initiation;

  private IkInitiator(
      IkPattern pattern,
      SymmetricState state,
      X25519PrivateKey staticKey,
      X25519PrivateKey ephemeral,
      byte[] initiation) {
    this.pattern = pattern;
    this.state = state;
    this.staticKey = staticKey;
    this.ephemeral = ephemeral;
    this.initiation = initiation;
  }

  /// Writes the initiation to the owner of a static key, or returns `null` when that key has low
  /// order and nobody can own it.
  ///
  /// @param ephemeral a key made for this attempt alone
  /// @param payload is encrypted, but can be replayed to the responder (Noise §7.7)
  public static @Nullable IkInitiator begin(
      IkPattern pattern,
      byte[] prologue,
      X25519PrivateKey staticKey,
      X25519PrivateKey ephemeral,
      byte[] responder,
      byte[] payload) {
    byte[] es = ephemeral.agree(responder);
    byte[] ss = staticKey.agree(responder);
    if (es == null || ss == null) {
      return null;
    }
    SymmetricState state = SymmetricState.start(pattern.protocolName());
    state.mixHash(prologue);
    state.mixHash(responder);
    Tokens.mixEphemeral(pattern, state, ephemeral.publicBytes());
    state.mixKey(es);
    byte[] sealedStatic = state.encryptAndHash(staticKey.publicBytes());
    state.mixKey(ss);
    byte[] sealedPayload = state.encryptAndHash(payload);
    byte[] message = Tokens.join(ephemeral.publicBytes(), sealedStatic, sealedPayload);
    return new IkInitiator(pattern, state, staticKey, ephemeral, message);
  }

  /// The message to send: ephemeral key, encrypted static key, encrypted payload.
  public byte[] initiation() {
    return initiation.clone();
  }

  /// Reads a response with the pre-shared key (32 bytes with `IKPSK2`; ignored with `IK`). Returns
  /// `null` when it is not the answer to this initiation, which another one may still be.
  public @Nullable Finished finish(byte[] response, byte[] presharedKey) {
    if (response.length < IkResponder.RESPONSE_OVERHEAD) {
      return null;
    }
    byte[] theirs = Arrays.copyOf(response, BYTES);
    byte[] ee = ephemeral.agree(theirs);
    byte[] se = staticKey.agree(theirs);
    if (ee == null || se == null) {
      return null;
    }
    SymmetricState after = state.copy();
    Tokens.mixEphemeral(pattern, after, theirs);
    after.mixKey(ee);
    after.mixKey(se);
    Tokens.mixPresharedKey(pattern, after, presharedKey);
    byte[] payload = after.decryptAndHash(Arrays.copyOfRange(response, BYTES, response.length));
    return payload == null ? null : new Finished(after.split(), payload);
  }

  /// The end of the handshake.
  public static final class Finished {
    private final TransportKeys keys;
    private final byte[] payload;

    private Finished(TransportKeys keys, byte[] payload) {
      this.keys = keys;
      this.payload = payload;
    }

    /// What to talk with from here on.
    public TransportKeys keys() {
      return keys;
    }

    /// What the responder said.
    public byte[] payload() {
      return payload.clone();
    }
  }
}

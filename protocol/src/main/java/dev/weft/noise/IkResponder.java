package dev.weft.noise;

import static dev.weft.crypto.X25519PrivateKey.BYTES;

import dev.weft.crypto.Aead;
import dev.weft.crypto.X25519PrivateKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The side that answers: an authentic initiation, waiting for the response to be written.
///
/// Between the two the caller looks up who [#initiator()] is, and whether [#payload()] is fresh: an
/// initiation can be a replay.
public final class IkResponder {
  /// Bytes of a response without its payload.
  public static final int RESPONSE_OVERHEAD = BYTES + Aead.TAG_BYTES;

  private static final int SEALED_STATIC_BYTES = BYTES + Aead.TAG_BYTES;
  private static final int PAYLOAD_AT = BYTES + SEALED_STATIC_BYTES;

  private final IkPattern pattern;
  private final SymmetricState state;
  private final byte[] initiatorEphemeral;
  private final byte[] initiator;
  private final byte[] payload;

  private IkResponder(
      IkPattern pattern,
      SymmetricState state,
      byte[] initiatorEphemeral,
      byte[] initiator,
      byte[] payload) {
    this.pattern = pattern;
    this.state = state;
    this.initiatorEphemeral = initiatorEphemeral;
    this.initiator = initiator;
    this.payload = payload;
  }

  /// Reads an initiation addressed to our static key, or returns `null` when it is not authentic.
  public static @Nullable IkResponder read(
      IkPattern pattern, byte[] prologue, X25519PrivateKey staticKey, byte[] initiation) {
    if (initiation.length < IkInitiator.INITIATION_OVERHEAD) {
      return null;
    }
    byte[] ephemeral = Arrays.copyOf(initiation, BYTES);
    byte[] es = staticKey.agree(ephemeral);
    if (es == null) {
      return null;
    }
    SymmetricState state = SymmetricState.start(pattern.protocolName());
    state.mixHash(prologue);
    state.mixHash(staticKey.publicBytes());
    Tokens.mixEphemeral(pattern, state, ephemeral);
    state.mixKey(es);
    byte[] initiator = state.decryptAndHash(Arrays.copyOfRange(initiation, BYTES, PAYLOAD_AT));
    byte[] ss = initiator == null ? null : staticKey.agree(initiator);
    if (initiator == null || ss == null) {
      return null;
    }
    state.mixKey(ss);
    byte[] payload =
        state.decryptAndHash(Arrays.copyOfRange(initiation, PAYLOAD_AT, initiation.length));
    return payload == null ? null : new IkResponder(pattern, state, ephemeral, initiator, payload);
  }

  /// The initiator's static public key.
  public byte[] initiator() {
    return initiator.clone();
  }

  /// What the initiator said.
  public byte[] payload() {
    return payload.clone();
  }

  /// Writes the response, or returns `null` when the initiator's keys have low order.
  ///
  /// @param ephemeral a key made for this response alone
  /// @param presharedKey 32 bytes with `IKPSK2`; ignored with `IK`
  public @Nullable Response respond(
      X25519PrivateKey ephemeral, byte[] presharedKey, byte[] payload) {
    byte[] ee = ephemeral.agree(initiatorEphemeral);
    byte[] se = ephemeral.agree(initiator);
    if (ee == null || se == null) {
      return null;
    }
    SymmetricState after = state.copy();
    Tokens.mixEphemeral(pattern, after, ephemeral.publicBytes());
    after.mixKey(ee);
    after.mixKey(se);
    Tokens.mixPresharedKey(pattern, after, presharedKey);
    byte[] sealed = after.encryptAndHash(payload);
    return new Response(after.split(), Tokens.join(ephemeral.publicBytes(), sealed));
  }

  /// The end of the handshake.
  public static final class Response {
    private final TransportKeys keys;
    private final byte[] message;

    private Response(TransportKeys keys, byte[] message) {
      this.keys = keys;
      this.message = message;
    }

    /// What to talk with from here on.
    public TransportKeys keys() {
      return keys;
    }

    /// The message to send: ephemeral key, encrypted payload.
    public byte[] message() {
      return message.clone();
    }
  }
}

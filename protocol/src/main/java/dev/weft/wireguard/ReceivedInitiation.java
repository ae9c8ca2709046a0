package dev.weft.wireguard;

import static dev.weft.wireguard.Messages.INITIATION_EPHEMERAL;
import static dev.weft.wireguard.Messages.INITIATION_STATIC;
import static dev.weft.wireguard.Messages.INITIATION_TIMESTAMP;
import static dev.weft.wireguard.Messages.RESPONSE;
import static dev.weft.wireguard.Messages.RESPONSE_EMPTY;
import static dev.weft.wireguard.Messages.RESPONSE_EPHEMERAL;
import static dev.weft.wireguard.Messages.RESPONSE_LENGTH;
import static dev.weft.wireguard.Messages.RESPONSE_RECEIVER;
import static dev.weft.wireguard.Messages.SENDER;
import static dev.weft.wireguard.Messages.TYPE;

import dev.weft.crypto.X25519PrivateKey;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.wireguard.Transcript.TransportKeys;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An initiation that somebody sent us, opened in steps: who it is from, whether it is theirs, and
/// the response (`docs/protocol/dataplane.md` §1.2, §1.3). Nothing of it is kept once answered.
final class ReceivedInitiation {
  private static final byte[] NOTHING = {};

  private final Transcript transcript;
  private final int senderIndex;
  private final byte[] peerEphemeral;
  private final NodeKey peerKey;

  private ReceivedInitiation(
      Transcript transcript, int senderIndex, byte[] peerEphemeral, NodeKey peerKey) {
    this.transcript = transcript;
    this.senderIndex = senderIndex;
    this.peerEphemeral = peerEphemeral;
    this.peerKey = peerKey;
  }

  /// Opens the static key of the sender; `null` when it is not authentic. Who wrote the message is
  /// proven only by [#openTimestamp].
  static @Nullable ReceivedInitiation open(NodePrivateKey self, byte[] in, int offset) {
    byte[] ephemeral =
        Arrays.copyOfRange(in, offset + INITIATION_EPHEMERAL, offset + INITIATION_STATIC);
    byte[] shared = self.agreement().agree(ephemeral);
    if (shared == null) {
      return null;
    }
    Transcript transcript = new Transcript(self.publicKey().raw().toArray());
    transcript.mixEphemeral(ephemeral);
    byte[] key = transcript.mixKeyForField(shared);
    byte[] peerStatic = new byte[NodeKey.BYTES];
    if (!transcript.openField(key, in, offset + INITIATION_STATIC, peerStatic)) {
      return null;
    }
    int sender = Messages.getInt(in, offset + SENDER);
    return new ReceivedInitiation(transcript, sender, ephemeral, NodeKey.ofBytes(peerStatic, 0));
  }

  /// Who sent it, if [#openTimestamp] succeeds.
  NodeKey peerKey() {
    return peerKey;
  }

  int senderIndex() {
    return senderIndex;
  }

  /// When it was made; `null` when the sender does not have the private key of [#peerKey].
  @Nullable Tai64n openTimestamp(byte[] staticAgreement, byte[] in, int offset) {
    byte[] key = transcript.mixKeyForField(staticAgreement);
    byte[] stamp = new byte[Tai64n.LENGTH];
    return transcript.openField(key, in, offset + INITIATION_TIMESTAMP, stamp)
        ? Tai64n.ofBytes(stamp)
        : null;
  }

  /// Writes the response, all but its MACs, and derives the session; `null` when the sender's keys
  /// are of low order.
  ///
  /// @param out room for [Messages#RESPONSE_LENGTH] bytes
  @Nullable TransportKeys respond(int index, X25519PrivateKey ephemeral, byte[] psk, byte[] out) {
    byte[] ephemeralShared = ephemeral.agree(peerEphemeral);
    byte[] staticShared = ephemeral.agree(peerKey.raw().toArray());
    if (ephemeralShared == null || staticShared == null) {
      return null;
    }
    byte[] ephemeralPublic = ephemeral.publicBytes();
    Arrays.fill(out, 0, RESPONSE_LENGTH, (byte) 0);
    Messages.putInt(out, TYPE, RESPONSE);
    Messages.putInt(out, SENDER, index);
    Messages.putInt(out, RESPONSE_RECEIVER, senderIndex);
    System.arraycopy(ephemeralPublic, 0, out, RESPONSE_EPHEMERAL, ephemeralPublic.length);
    transcript.mixEphemeral(ephemeralPublic);
    transcript.mixKey(ephemeralShared);
    transcript.mixKey(staticShared);
    byte[] key = transcript.mixPresharedKey(psk);
    transcript.sealField(key, NOTHING, out, RESPONSE_EMPTY);
    return transcript.split();
  }
}

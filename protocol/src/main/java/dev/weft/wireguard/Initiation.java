package dev.weft.wireguard;

import static dev.weft.wireguard.Messages.INITIATION;
import static dev.weft.wireguard.Messages.INITIATION_EPHEMERAL;
import static dev.weft.wireguard.Messages.INITIATION_LENGTH;
import static dev.weft.wireguard.Messages.INITIATION_STATIC;
import static dev.weft.wireguard.Messages.INITIATION_TIMESTAMP;
import static dev.weft.wireguard.Messages.RESPONSE_EMPTY;
import static dev.weft.wireguard.Messages.RESPONSE_EPHEMERAL;
import static dev.weft.wireguard.Messages.SENDER;
import static dev.weft.wireguard.Messages.TYPE;

import dev.weft.crypto.X25519PrivateKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.wireguard.Transcript.TransportKeys;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An initiation that we sent and that awaits its response (`docs/protocol/dataplane.md` §1.2).
final class Initiation implements SessionTable.Entry {
  private static final byte[] NOTHING = {};

  private final Peer peer;
  private final int index;
  private final X25519PrivateKey ephemeral;
  private final Transcript transcript;

  private Initiation(Peer peer, int index, X25519PrivateKey ephemeral, Transcript transcript) {
    this.peer = peer;
    this.index = index;
    this.ephemeral = ephemeral;
    this.transcript = transcript;
  }

  /// Writes the message, all but its MACs.
  ///
  /// @param staticAgreement of our static key and the peer's
  /// @param out room for [Messages#INITIATION_LENGTH] bytes
  static Initiation write(
      Peer peer,
      int index,
      X25519PrivateKey ephemeral,
      NodePrivateKey self,
      byte[] staticAgreement,
      Tai64n stamp,
      byte[] out) {
    byte[] peerStatic = peer.key().raw().toArray();
    byte[] ephemeralPublic = ephemeral.publicBytes();
    Transcript transcript = new Transcript(peerStatic);
    Arrays.fill(out, 0, INITIATION_LENGTH, (byte) 0);
    Messages.putInt(out, TYPE, INITIATION);
    Messages.putInt(out, SENDER, index);
    System.arraycopy(ephemeralPublic, 0, out, INITIATION_EPHEMERAL, ephemeralPublic.length);
    transcript.mixEphemeral(ephemeralPublic);
    byte[] shared = ephemeral.agree(peerStatic);
    if (shared == null) {
      // The static agreement exists, so the peer's key is not of low order.
      throw new IllegalStateException("no agreement with a key that agrees");
    }
    byte[] staticKey = transcript.mixKeyForField(shared);
    transcript.sealField(staticKey, self.publicKey().raw().toArray(), out, INITIATION_STATIC);
    byte[] stampKey = transcript.mixKeyForField(staticAgreement);
    transcript.sealField(stampKey, stamp.toBytes(), out, INITIATION_TIMESTAMP);
    return new Initiation(peer, index, ephemeral, transcript);
  }

  /// Reads the response; `null` when it is not authentic, and then the initiation stays good:
  /// anyone who saw our index can send a wrong one.
  @Nullable TransportKeys complete(NodePrivateKey self, byte[] psk, byte[] in, int offset) {
    byte[] peerEphemeral =
        Arrays.copyOfRange(in, offset + RESPONSE_EPHEMERAL, offset + RESPONSE_EMPTY);
    byte[] ephemeralShared = ephemeral.agree(peerEphemeral);
    byte[] staticShared = self.agreement().agree(peerEphemeral);
    if (ephemeralShared == null || staticShared == null) {
      return null;
    }
    Transcript attempt = transcript.copy();
    attempt.mixEphemeral(peerEphemeral);
    attempt.mixKey(ephemeralShared);
    attempt.mixKey(staticShared);
    byte[] key = attempt.mixPresharedKey(psk);
    if (!attempt.openField(key, in, offset + RESPONSE_EMPTY, NOTHING)) {
      attempt.wipe();
      return null;
    }
    return attempt.split();
  }

  Peer peer() {
    return peer;
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public void retire() {
    transcript.wipe();
  }
}

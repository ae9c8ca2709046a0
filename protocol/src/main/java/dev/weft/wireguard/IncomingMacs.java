package dev.weft.wireguard;

import static dev.weft.wireguard.Messages.COOKIE_NONCE;
import static dev.weft.wireguard.Messages.COOKIE_REPLY;
import static dev.weft.wireguard.Messages.COOKIE_REPLY_LENGTH;
import static dev.weft.wireguard.Messages.COOKIE_SEALED;
import static dev.weft.wireguard.Messages.MAC;
import static dev.weft.wireguard.Messages.RECEIVER;
import static dev.weft.wireguard.Messages.SENDER;
import static dev.weft.wireguard.Messages.TYPE;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.weft.base.Bytes;
import dev.weft.base.Entropy;
import dev.weft.crypto.Blake2s;
import dev.weft.crypto.ConstantTime;
import dev.weft.crypto.XChaCha20Poly1305;
import dev.weft.keys.NodeKey;
import java.util.Arrays;

/// Checks the two MACs of the handshake messages we receive, and makes the cookies for the second
/// (`docs/protocol/dataplane.md` §1.3).
final class IncomingMacs {
  private final byte[] mac1Key;
  private final byte[] cookieKey;
  private final Entropy entropy;
  private byte[] secret = new byte[Blake2s.HASH_BYTES];
  private long secretExpires = Long.MIN_VALUE;

  IncomingMacs(NodeKey self, Entropy entropy) {
    mac1Key = mac1Key(self);
    cookieKey = cookieKey(self);
    this.entropy = entropy;
  }

  static byte[] mac1Key(NodeKey receiver) {
    return Blake2s.hash("mac1----".getBytes(US_ASCII), receiver.raw().toArray());
  }

  static byte[] cookieKey(NodeKey receiver) {
    return Blake2s.hash("cookie--".getBytes(US_ASCII), receiver.raw().toArray());
  }

  boolean mac1Valid(byte[] in, int offset, int length) {
    int covered = length - 2 * MAC;
    byte[] mac = Blake2s.mac(mac1Key, in, offset, covered);
    return ConstantTime.equal(mac, 0, in, offset + covered, MAC);
  }

  /// Whether the sender has the cookie of this source.
  boolean mac2Valid(long now, Bytes source, byte[] in, int offset, int length) {
    if (now >= secretExpires) {
      return false;
    }
    int covered = length - MAC;
    byte[] mac = Blake2s.mac(cookie(source), in, offset, covered);
    return ConstantTime.equal(mac, 0, in, offset + covered, MAC);
  }

  /// The message that gives the sender of a handshake message the cookie of its source.
  byte[] cookieReply(long now, Bytes source, byte[] in, int offset, int length) {
    if (now >= secretExpires) {
      secret = entropy.bytes(Blake2s.HASH_BYTES);
      secretExpires = now + Timers.COOKIE_REFRESH_TIME;
    }
    byte[] nonce = entropy.bytes(XChaCha20Poly1305.NONCE_BYTES);
    int mac1At = offset + length - 2 * MAC;
    byte[] mac1 = Arrays.copyOfRange(in, mac1At, mac1At + MAC);
    byte[] sealed = XChaCha20Poly1305.seal(cookieKey, nonce, mac1, cookie(source));
    byte[] reply = new byte[COOKIE_REPLY_LENGTH];
    Messages.putInt(reply, TYPE, COOKIE_REPLY);
    Messages.putInt(reply, RECEIVER, Messages.getInt(in, offset + SENDER));
    System.arraycopy(nonce, 0, reply, COOKIE_NONCE, nonce.length);
    System.arraycopy(sealed, 0, reply, COOKIE_SEALED, sealed.length);
    return reply;
  }

  private byte[] cookie(Bytes source) {
    return Blake2s.mac(secret, source.toArray());
  }
}

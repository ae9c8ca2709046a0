package dev.weft.wireguard;

import static dev.weft.wireguard.Messages.COOKIE_NONCE;
import static dev.weft.wireguard.Messages.COOKIE_SEALED;
import static dev.weft.wireguard.Messages.MAC;

import dev.weft.crypto.Blake2s;
import dev.weft.crypto.XChaCha20Poly1305;
import dev.weft.keys.NodeKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The two MACs at the end of the handshake messages to one peer, and the cookie it gave us
/// (`docs/protocol/dataplane.md` §1.2).
final class OutgoingMacs {
  private static final int COOKIE_REPLY_END = Messages.COOKIE_REPLY_LENGTH;

  private final byte[] mac1Key;
  private final byte[] cookieKey;
  private byte @Nullable [] lastMac1;
  private byte @Nullable [] cookie;
  private long cookieExpires;

  OutgoingMacs(NodeKey peer) {
    mac1Key = IncomingMacs.mac1Key(peer);
    cookieKey = IncomingMacs.cookieKey(peer);
  }

  /// Fills in the MACs of a message of `length` bytes at the start of the array.
  void write(long now, byte[] message, int length) {
    int mac1At = length - 2 * MAC;
    byte[] mac1 = Blake2s.mac(mac1Key, message, 0, mac1At);
    System.arraycopy(mac1, 0, message, mac1At, MAC);
    lastMac1 = mac1;
    if (cookie != null && now < cookieExpires) {
      byte[] mac2 = Blake2s.mac(cookie, message, 0, length - MAC);
      System.arraycopy(mac2, 0, message, length - MAC, MAC);
    }
  }

  /// Takes the cookie from a reply to the message last written; false when it is not such a reply.
  boolean acceptCookie(long now, byte[] in, int offset) {
    byte[] mac1 = lastMac1;
    if (mac1 == null) {
      return false;
    }
    byte[] nonce = Arrays.copyOfRange(in, offset + COOKIE_NONCE, offset + COOKIE_SEALED);
    byte[] sealed = Arrays.copyOfRange(in, offset + COOKIE_SEALED, offset + COOKIE_REPLY_END);
    byte[] opened = XChaCha20Poly1305.open(cookieKey, nonce, mac1, sealed);
    if (opened == null) {
      return false;
    }
    cookie = opened;
    cookieExpires = now + Timers.COOKIE_REFRESH_TIME;
    return true;
  }
}

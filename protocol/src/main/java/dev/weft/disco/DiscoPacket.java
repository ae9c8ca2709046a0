package dev.weft.disco;

import dev.weft.base.Entropy;
import dev.weft.crypto.Box;
import dev.weft.keys.DiscoKey;
import java.util.Arrays;
import java.util.Optional;

/// The envelope of a disco message (`docs/protocol/dataplane.md` §2.1):
///
/// | offset | length | field |
/// |---|---|---|
/// | 0 | 6 | magic, "TS💬" |
/// | 6 | 32 | disco key of the sender |
/// | 38 | 24 | nonce |
/// | 62 | 16 + n | NaCl box, tag first |
public final class DiscoPacket {
  /// From here on a UDP packet with the magic is disco and not WireGuard.
  public static final int MIN_LENGTH = 38;

  /// The bytes that seal a message: everything but the message.
  public static final int OVERHEAD = 62 + 16;

  private static final int KEY = 6;
  private static final int NONCE = 38;
  private static final int SEALED = 62;

  /// "TS💬" in UTF-8.
  private static final byte[] MAGIC = {
    0x54, 0x53, (byte) 0xf0, (byte) 0x9f, (byte) 0x92, (byte) 0xac
  };

  private DiscoPacket() {}

  /// Whether a packet from a UDP socket claims to be disco.
  public static boolean looksLikeDisco(byte[] array, int offset, int length) {
    return length >= MIN_LENGTH
        && Arrays.equals(array, offset, offset + MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /// The claimed sender of a packet that [#looksLikeDisco].
  public static DiscoKey sender(byte[] array, int offset) {
    return DiscoKey.ofBytes(array, offset + KEY);
  }

  /// Seals a message.
  ///
  /// @param box of our private key and the receiver's public key
  public static byte[] seal(DiscoKey sender, Box box, Entropy entropy, DiscoMessage message) {
    byte[] nonce = entropy.bytes(SEALED - NONCE);
    byte[] sealed = box.seal(nonce, message.encode());
    byte[] packet = Arrays.copyOf(MAGIC, SEALED + sealed.length);
    sender.copyTo(packet, KEY);
    System.arraycopy(nonce, 0, packet, NONCE, nonce.length);
    System.arraycopy(sealed, 0, packet, SEALED, sealed.length);
    return packet;
  }

  /// Opens a packet that [#looksLikeDisco]. Empty when the box does not open or holds no message we
  /// know; either is dropped without an answer.
  ///
  /// @param box of our private key and the [#sender]'s public key
  public static Optional<DiscoMessage> open(Box box, byte[] array, int offset, int length) {
    return unseal(box, array, offset, length)
        .flatMap(plain -> DiscoMessage.parse(plain, 0, plain.length));
  }

  /// The bytes of the message in a packet, whether or not we know it.
  public static Optional<byte[]> unseal(Box box, byte[] array, int offset, int length) {
    if (length < OVERHEAD) {
      return Optional.empty();
    }
    byte[] nonce = Arrays.copyOfRange(array, offset + NONCE, offset + SEALED);
    return Optional.ofNullable(
        box.open(nonce, Arrays.copyOfRange(array, offset + SEALED, offset + length)));
  }
}

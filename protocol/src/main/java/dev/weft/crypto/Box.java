package dev.weft.crypto;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import org.bouncycastle.crypto.engines.Salsa20Engine;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.jspecify.annotations.Nullable;

/// NaCl `crypto_box` between two keys: X25519, HSalsa20, XSalsa20-Poly1305, the tag in front. The
/// expensive part (`crypto_box_beforenm`) is done once, so keep one per peer.
///
/// A nonce is 24 bytes and may be random. With a public key of low order the shared key is known to
/// everybody; such a box seals, as NaCl's does, and opens nothing.
///
/// <https://cr.yp.to/highspeed/naclcrypto-20090310.pdf> §7 to §9.
public final class Box {
  /// Bytes of a nonce.
  public static final int NONCE_BYTES = 24;

  /// Bytes that sealing adds.
  public static final int OVERHEAD_BYTES = 16;

  // "expand 32-byte k"
  private static final int[] CONSTANTS = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

  private static final int POLY1305_KEY_BYTES = 32;

  private final KeyParameter key;
  private final boolean opens;

  private Box(byte[] sharedKey, boolean opens) {
    this.key = new KeyParameter(sharedKey);
    this.opens = opens;
  }

  /// The box of our secret and the public key at `offset`.
  public static Box between(X25519PrivateKey ours, byte[] theirs, int offset) {
    byte[] shared = ours.agree(theirs, offset);
    return shared == null
        ? new Box(hsalsa20(new byte[X25519PrivateKey.BYTES]), false)
        : new Box(hsalsa20(shared), true);
  }

  /// The tag followed by the ciphertext.
  public byte[] seal(byte[] nonce, byte[] plain) {
    XSalsa20Engine stream = stream(nonce);
    Poly1305 mac = mac(stream);
    byte[] out = new byte[OVERHEAD_BYTES + plain.length];
    stream.processBytes(plain, 0, plain.length, out, OVERHEAD_BYTES);
    mac.update(out, OVERHEAD_BYTES, plain.length);
    mac.doFinal(out, 0);
    return out;
  }

  /// The plaintext of `length` sealed bytes, or `null` when they are not authentic.
  public byte @Nullable [] open(byte[] nonce, byte[] sealed, int offset, int length) {
    if (!opens || length < OVERHEAD_BYTES) {
      return null;
    }
    XSalsa20Engine stream = stream(nonce);
    Poly1305 mac = mac(stream);
    byte[] tag = new byte[OVERHEAD_BYTES];
    int plain = length - OVERHEAD_BYTES;
    mac.update(sealed, offset + OVERHEAD_BYTES, plain);
    mac.doFinal(tag, 0);
    if (!ConstantTime.equal(tag, 0, sealed, offset, OVERHEAD_BYTES)) {
      return null;
    }
    byte[] out = new byte[plain];
    stream.processBytes(sealed, offset + OVERHEAD_BYTES, plain, out, 0);
    return out;
  }

  /// [#open(byte[], byte[], int, int)] of a whole array.
  public byte @Nullable [] open(byte[] nonce, byte[] sealed) {
    return open(nonce, sealed, 0, sealed.length);
  }

  private XSalsa20Engine stream(byte[] nonce) {
    XSalsa20Engine stream = new XSalsa20Engine();
    stream.init(true, new ParametersWithIV(key, nonce));
    return stream;
  }

  /// The first 32 bytes of the key stream are the one-time key of the tag.
  private static Poly1305 mac(XSalsa20Engine stream) {
    byte[] macKey = new byte[POLY1305_KEY_BYTES];
    stream.processBytes(macKey, 0, macKey.length, macKey, 0);
    Poly1305 mac = new Poly1305();
    mac.init(new KeyParameter(macKey));
    return mac;
  }

  /// HSalsa20 with a nonce of zeros.
  private static byte[] hsalsa20(byte[] shared) {
    ByteBuffer words = ByteBuffer.wrap(shared).order(LITTLE_ENDIAN);
    int[] state = new int[16];
    for (int i = 0; i < 4; i++) {
      state[5 * i] = CONSTANTS[i];
      state[1 + i] = words.getInt(4 * i);
      state[11 + i] = words.getInt(16 + 4 * i);
    }
    int[] block = new int[16];
    Salsa20Engine.salsaCore(20, state, block);
    // The core adds its input at the end, which HSalsa20 leaves out: the words 0, 5, 10 and 15 of
    // the constants, and the words 6 to 9 of the zero nonce.
    ByteBuffer out = ByteBuffer.allocate(X25519PrivateKey.BYTES).order(LITTLE_ENDIAN);
    for (int i = 0; i < 4; i++) {
      out.putInt(block[5 * i] - state[5 * i]);
    }
    for (int i = 6; i < 10; i++) {
      out.putInt(block[i]);
    }
    return out.array();
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}

package dev.weft.crypto;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import org.bouncycastle.crypto.engines.ChaChaEngine;
import org.jspecify.annotations.Nullable;

/// ChaCha20-Poly1305 with a 24-byte nonce, long enough to be chosen at random
/// (draft-irtf-cfrg-xchacha-03). WireGuard's cookie replies use it.
public final class XChaCha20Poly1305 {
  /// Bytes of a nonce.
  public static final int NONCE_BYTES = 24;

  // "expand 32-byte k"
  private static final int[] CONSTANTS = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

  private XChaCha20Poly1305() {}

  /// The ciphertext followed by its tag.
  public static byte[] seal(byte[] key, byte[] nonce, byte[] ad, byte[] plain) {
    byte[] out = new byte[plain.length + Aead.TAG_BYTES];
    subkeyed(key, nonce).seal(tail(nonce), ad, plain, 0, plain.length, out, 0);
    return out;
  }

  /// The plaintext, or `null` when the bytes are not authentic.
  public static byte @Nullable [] open(byte[] key, byte[] nonce, byte[] ad, byte[] sealed) {
    if (sealed.length < Aead.TAG_BYTES) {
      return null;
    }
    byte[] out = new byte[sealed.length - Aead.TAG_BYTES];
    return subkeyed(key, nonce).open(tail(nonce), ad, sealed, 0, sealed.length, out, 0)
        ? out
        : null;
  }

  /// HChaCha20 (draft §2.2): 32 bytes from a key and the first 16 of a nonce.
  static byte[] hchacha20(byte[] key, byte[] nonce) {
    ByteBuffer keyWords = ByteBuffer.wrap(key).order(LITTLE_ENDIAN);
    ByteBuffer nonceWords = ByteBuffer.wrap(nonce).order(LITTLE_ENDIAN);
    int[] state = new int[16];
    System.arraycopy(CONSTANTS, 0, state, 0, 4);
    for (int i = 0; i < 8; i++) {
      state[4 + i] = keyWords.getInt();
    }
    for (int i = 0; i < 4; i++) {
      state[12 + i] = nonceWords.getInt();
    }
    int[] block = new int[16];
    ChaChaEngine.chachaCore(20, state, block);
    // The core adds its input at the end, which HChaCha20 leaves out.
    ByteBuffer out = ByteBuffer.allocate(Aead.KEY_BYTES).order(LITTLE_ENDIAN);
    for (int i = 0; i < 4; i++) {
      out.putInt(block[i] - state[i]);
    }
    for (int i = 12; i < 16; i++) {
      out.putInt(block[i] - state[i]);
    }
    return out.array();
  }

  private static Primitive subkeyed(byte[] key, byte[] nonce) {
    if (key.length != Aead.KEY_BYTES || nonce.length != NONCE_BYTES) {
      throw new IllegalArgumentException("XChaCha20 takes a 32-byte key and a 24-byte nonce");
    }
    return Aeads.best().keyed(hchacha20(key, nonce));
  }

  private static byte[] tail(byte[] nonce) {
    byte[] tail = new byte[Primitive.NONCE_BYTES];
    System.arraycopy(nonce, 16, tail, 4, 8);
    return tail;
  }
}

package dev.weft.crypto;

import org.bouncycastle.crypto.digests.Blake2sDigest;

/// BLAKE2s-256 (RFC 7693) in the four ways WireGuard and Noise use it.
public final class Blake2s {
  /// Bytes of a hash, of an HMAC and of each derived key.
  public static final int HASH_BYTES = 32;

  /// Bytes of a keyed MAC as WireGuard sends it.
  public static final int MAC_BYTES = 16;

  private static final int BLOCK_BYTES = 64;

  private Blake2s() {}

  /// The hash of the parts, one after the other.
  public static byte[] hash(byte[]... parts) {
    Blake2sDigest digest = new Blake2sDigest(HASH_BYTES * Byte.SIZE);
    return finish(digest, HASH_BYTES, parts);
  }

  /// BLAKE2s in its native keyed mode with a 16-byte result: `MAC` of the WireGuard paper, §5.4.
  public static byte[] mac(byte[] key, byte[] in, int offset, int length) {
    Blake2sDigest digest = new Blake2sDigest(key, MAC_BYTES, null, null);
    digest.update(in, offset, length);
    return finish(digest, MAC_BYTES);
  }

  /// [#mac(byte[], byte[], int, int)] over a whole array.
  public static byte[] mac(byte[] key, byte[] in) {
    return mac(key, in, 0, in.length);
  }

  /// RFC 2104 over the unkeyed hash, which is not the keyed mode above.
  public static byte[] hmac(byte[] key, byte[]... parts) {
    byte[] block = key.length <= BLOCK_BYTES ? key : hash(key);
    byte[] inner = pad(block, (byte) 0x36);
    byte[] outer = pad(block, (byte) 0x5c);
    Blake2sDigest digest = new Blake2sDigest(HASH_BYTES * Byte.SIZE);
    digest.update(inner, 0, BLOCK_BYTES);
    return hash(outer, finish(digest, HASH_BYTES, parts));
  }

  /// `KDF1` of WireGuard: HKDF (RFC 5869) with the chaining key as salt and no info, 32 bytes.
  public static byte[] kdf1(byte[] chainingKey, byte[] input) {
    return kdf(1, chainingKey, input)[0];
  }

  /// The first two derived keys: `MixKey` and `Split` of Noise, `KDF2` of WireGuard.
  public static byte[][] kdf2(byte[] chainingKey, byte[] input) {
    return kdf(2, chainingKey, input);
  }

  /// The first three derived keys: `MixKeyAndHash` of Noise, `KDF3` of WireGuard.
  public static byte[][] kdf3(byte[] chainingKey, byte[] input) {
    return kdf(3, chainingKey, input);
  }

  private static byte[][] kdf(int count, byte[] chainingKey, byte[] input) {
    byte[] extracted = hmac(chainingKey, input);
    byte[][] keys = new byte[count][];
    byte[] previous = {};
    for (int i = 0; i < count; i++) {
      previous = hmac(extracted, previous, new byte[] {(byte) (i + 1)});
      keys[i] = previous;
    }
    return keys;
  }

  private static byte[] pad(byte[] key, byte with) {
    byte[] padded = new byte[BLOCK_BYTES];
    System.arraycopy(key, 0, padded, 0, key.length);
    for (int i = 0; i < BLOCK_BYTES; i++) {
      padded[i] ^= with;
    }
    return padded;
  }

  private static byte[] finish(Blake2sDigest digest, int size, byte[]... parts) {
    for (byte[] part : parts) {
      digest.update(part, 0, part.length);
    }
    byte[] out = new byte[size];
    digest.doFinal(out, 0);
    return out;
  }
}

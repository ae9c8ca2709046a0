package dev.weft.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// libcrypto's cipher. A context per key holds the expanded key outside the heap; libcrypto wipes
/// it when the context is freed, which happens after this object became unreachable.
final class LibcryptoPrimitive implements Primitive {
  // openssl/evp.h
  private static final int CTRL_AEAD_GET_TAG = 0x10;
  private static final int CTRL_AEAD_SET_TAG = 0x11;
  private static final int KEEP_DIRECTION = -1;
  private static final int DECRYPT = 0;
  private static final int ENCRYPT = 1;

  private final MemorySegment sealing;
  private final MemorySegment opening;
  private final MemorySegment written = MemorySegment.ofArray(new int[1]);

  LibcryptoPrimitive(byte[] key) {
    this.sealing = context(key, ENCRYPT);
    this.opening = context(key, DECRYPT);
  }

  @Override
  public void seal(
      byte[] nonce, byte[] ad, byte[] in, int offset, int length, byte[] out, int outOffset) {
    MemorySegment to = MemorySegment.ofArray(out).asSlice(outOffset, length + Aead.TAG_BYTES);
    try {
      start(sealing, nonce, ad);
      update(sealing, to, MemorySegment.ofArray(in).asSlice(offset, length), length);
      check((int) Libcrypto.CIPHER_FINAL.invokeExact(sealing, to.asSlice(length), written));
      control(sealing, CTRL_AEAD_GET_TAG, to.asSlice(length));
    } catch (Throwable e) {
      throw Libcrypto.failure(e);
    }
  }

  @Override
  public boolean open(
      byte[] nonce, byte[] ad, byte[] in, int offset, int length, byte[] out, int outOffset) {
    int plain = length - Aead.TAG_BYTES;
    MemorySegment from = MemorySegment.ofArray(in).asSlice(offset, length);
    MemorySegment to = MemorySegment.ofArray(out).asSlice(outOffset, plain);
    try {
      start(opening, nonce, ad);
      control(opening, CTRL_AEAD_SET_TAG, from.asSlice(plain));
      update(opening, to, from.asSlice(0, plain), plain);
      boolean authentic =
          (int) Libcrypto.CIPHER_FINAL.invokeExact(opening, to.asSlice(plain), written) == 1;
      if (!authentic) {
        to.fill((byte) 0); // what it decrypted before it saw the tag
      }
      return authentic;
    } catch (Throwable e) {
      throw Libcrypto.failure(e);
    }
  }

  private void start(MemorySegment context, byte[] nonce, byte[] ad) throws Throwable {
    check(
        (int)
            Libcrypto.CIPHER_INIT.invokeExact(
                context,
                MemorySegment.NULL,
                MemorySegment.NULL,
                MemorySegment.NULL,
                MemorySegment.ofArray(nonce),
                KEEP_DIRECTION));
    if (ad.length > 0) {
      update(context, MemorySegment.NULL, MemorySegment.ofArray(ad), ad.length);
    }
  }

  private void update(MemorySegment context, MemorySegment to, MemorySegment from, int length)
      throws Throwable {
    if (length > 0) {
      check((int) Libcrypto.CIPHER_UPDATE.invokeExact(context, to, written, from, length));
    }
  }

  private void control(MemorySegment context, int what, MemorySegment tag) throws Throwable {
    check((int) Libcrypto.CONTEXT_CONTROL.invokeExact(context, what, Aead.TAG_BYTES, tag));
  }

  @SuppressWarnings("restricted") // ties the native context to the garbage collector
  private static MemorySegment context(byte[] key, int direction) {
    try {
      MemorySegment raw = (MemorySegment) Libcrypto.CONTEXT_NEW.invokeExact();
      if (raw.equals(MemorySegment.NULL)) {
        throw new OutOfMemoryError("EVP_CIPHER_CTX_new");
      }
      MemorySegment context = raw.reinterpret(Arena.ofAuto(), LibcryptoPrimitive::free);
      check(
          (int)
              Libcrypto.CIPHER_INIT.invokeExact(
                  context,
                  Libcrypto.CHACHA20_POLY1305,
                  MemorySegment.NULL,
                  MemorySegment.ofArray(key),
                  MemorySegment.NULL,
                  direction));
      return context;
    } catch (Throwable e) {
      throw Libcrypto.failure(e);
    }
  }

  private static void free(MemorySegment context) {
    try {
      Libcrypto.CONTEXT_FREE.invokeExact(context);
    } catch (Throwable e) {
      throw Libcrypto.failure(e);
    }
  }

  private static void check(int result) {
    if (result != 1) {
      throw new IllegalStateException("libcrypto refused");
    }
  }
}

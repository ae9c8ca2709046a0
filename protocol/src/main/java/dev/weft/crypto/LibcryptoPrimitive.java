package dev.weft.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Objects;

/// libcrypto's cipher. A context per key holds the expanded key outside the heap; libcrypto wipes
/// it when the context is freed, which happens after this object became unreachable.
final class LibcryptoPrimitive implements Primitive {
  // openssl/evp.h
  private static final int KEEP_DIRECTION = -1;
  private static final int DECRYPT = 0;
  private static final int ENCRYPT = 1;

  private final MemorySegment sealing;
  private final MemorySegment opening;
  private final MemorySegment written = MemorySegment.ofArray(new int[1]);
  private final TagParameter tag = new TagParameter();
  private final MemorySegment nothing = MemorySegment.ofArray(new byte[Aead.TAG_BYTES]);

  LibcryptoPrimitive(byte[] key) {
    this.sealing = context(key, ENCRYPT);
    this.opening = context(key, DECRYPT);
  }

  @Override
  public void seal(
      byte[] nonce, byte[] ad, byte[] in, int offset, int length, byte[] out, int outOffset) {
    Objects.checkFromIndexSize(outOffset, length + Aead.TAG_BYTES, out.length);
    try {
      start(sealing, nonce);
      authenticate(sealing, ad);
      update(sealing, in, offset, length, out, outOffset);
      check(finish(sealing));
      parameters(sealing, tag.here());
      tag.copyTo(out, outOffset + length);
    } catch (Throwable e) {
      throw Libcrypto.failure(e);
    }
  }

  @Override
  public void seal(byte[] nonce, byte[] in, int offset, int length, MemorySegment out, long at) {
    if (!out.isNative()) {
      Primitive.super.seal(nonce, in, offset, length, out, at);
      return;
    }
    Objects.checkFromIndexSize(at, (long) length + Aead.TAG_BYTES, out.byteSize());
    long to = out.address() + at;
    try {
      start(sealing, nonce);
      update(sealing, in, offset, length, to);
      check(finish(sealing));
      parameters(sealing, tag.at(to + length));
    } catch (Throwable e) {
      throw Libcrypto.failure(e);
    } finally {
      Reference.reachabilityFence(out);
    }
  }

  @Override
  public boolean open(
      byte[] nonce, byte[] ad, byte[] in, int offset, int length, byte[] out, int outOffset) {
    Objects.checkFromIndexSize(offset, length, in.length);
    int plain = length - Aead.TAG_BYTES;
    try {
      tag.copyFrom(in, offset + plain);
      start(opening, nonce, tag.here());
      authenticate(opening, ad);
      update(opening, in, offset, plain, out, outOffset);
      return authentic(out, outOffset, plain);
    } catch (Throwable e) {
      throw Libcrypto.failure(e);
    }
  }

  @Override
  public boolean open(
      byte[] nonce, MemorySegment in, long at, int length, byte[] out, int outOffset) {
    if (!in.isNative()) {
      return Primitive.super.open(nonce, in, at, length, out, outOffset);
    }
    Objects.checkFromIndexSize(at, (long) length, in.byteSize());
    int plain = length - Aead.TAG_BYTES;
    long from = in.address() + at;
    try {
      start(opening, nonce, tag.at(from + plain));
      update(opening, from, plain, out, outOffset);
      return authentic(out, outOffset, plain);
    } catch (Throwable e) {
      throw Libcrypto.failure(e);
    } finally {
      Reference.reachabilityFence(in);
    }
  }

  private boolean authentic(byte[] out, int offset, int length) throws Throwable {
    boolean authentic = finish(opening) == 1;
    if (!authentic) {
      Arrays.fill(out, offset, offset + length, (byte) 0); // decrypted before the tag was seen
    }
    return authentic;
  }

  // One native call each. The wrappers around memory are made in the method that uses them, and
  // never handed on: only then does the compiler do without them, however it cuts the code.

  private static void start(MemorySegment context, byte[] nonce) throws Throwable {
    check(
        (int)
            Libcrypto.CIPHER_INIT.invokeExact(
                context,
                MemorySegment.NULL,
                MemorySegment.NULL,
                MemorySegment.NULL,
                MemorySegment.ofArray(nonce),
                KEEP_DIRECTION));
  }

  private static void start(MemorySegment context, byte[] nonce, long parameters) throws Throwable {
    check(
        (int)
            Libcrypto.CIPHER_INIT_WITH.invokeExact(
                context,
                MemorySegment.NULL,
                MemorySegment.NULL,
                MemorySegment.ofArray(nonce),
                KEEP_DIRECTION,
                parameters));
  }

  private static void parameters(MemorySegment context, long parameters) throws Throwable {
    check((int) Libcrypto.CONTEXT_PARAMETERS.invokeExact(context, parameters));
  }

  private void authenticate(MemorySegment context, byte[] ad) throws Throwable {
    MemorySegment data = MemorySegment.ofArray(ad);
    if (ad.length > 0) {
      check(
          (int)
              Libcrypto.CIPHER_UPDATE.invokeExact(
                  context, MemorySegment.NULL, written, data, ad.length));
    }
  }

  private void update(
      MemorySegment context, byte[] in, int offset, int length, byte[] out, int outOffset)
      throws Throwable {
    MemorySegment from = MemorySegment.ofArray(in).asSlice(offset, length);
    MemorySegment to = MemorySegment.ofArray(out).asSlice(outOffset, length);
    if (length > 0) {
      check((int) Libcrypto.CIPHER_UPDATE.invokeExact(context, to, written, from, length));
    }
  }

  private void update(MemorySegment context, byte[] in, int offset, int length, long out)
      throws Throwable {
    MemorySegment from = MemorySegment.ofArray(in).asSlice(offset, length);
    if (length > 0) {
      check((int) Libcrypto.CIPHER_UPDATE_TO.invokeExact(context, out, written, from, length));
    }
  }

  private void update(MemorySegment context, long in, int length, byte[] out, int outOffset)
      throws Throwable {
    MemorySegment to = MemorySegment.ofArray(out).asSlice(outOffset, length);
    if (length > 0) {
      check((int) Libcrypto.CIPHER_UPDATE_FROM.invokeExact(context, to, written, in, length));
    }
  }

  /// A stream cipher has nothing left to write.
  private int finish(MemorySegment context) throws Throwable {
    return (int) Libcrypto.CIPHER_FINAL.invokeExact(context, nothing, written);
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

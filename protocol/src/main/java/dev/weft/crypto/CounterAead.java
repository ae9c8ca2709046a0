package dev.weft.crypto;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Turns counters into nonces for a [Primitive].
final class CounterAead implements Aead {
  private static final int COUNTER_AT = 4;

  private final Primitive primitive;
  private final VarHandle counterBytes;
  private final byte[] nonce = new byte[Primitive.NONCE_BYTES];
  private boolean sealedBefore;
  private long lastSealed;

  CounterAead(Primitive primitive, ByteOrder order) {
    this.primitive = primitive;
    this.counterBytes = MethodHandles.byteArrayViewVarHandle(long[].class, order);
  }

  @Override
  public void seal(
      long counter, byte[] ad, byte[] in, int offset, int length, byte[] out, int outOffset) {
    useUp(counter);
    primitive.seal(nonce, ad, in, offset, length, out, outOffset);
  }

  @Override
  public void seal(long counter, byte[] in, int offset, int length, MemorySegment out, long at) {
    useUp(counter);
    primitive.seal(nonce, in, offset, length, out, at);
  }

  private void useUp(long counter) {
    if (sealedBefore && counter == lastSealed) {
      throw new IllegalStateException("nonce " + Long.toUnsignedString(counter) + " used twice");
    }
    sealedBefore = true;
    lastSealed = counter;
    counterBytes.set(nonce, COUNTER_AT, counter);
  }

  @Override
  public boolean open(
      long counter, byte[] ad, byte[] in, int offset, int length, byte[] out, int outOffset) {
    if (length < TAG_BYTES) {
      return false;
    }
    counterBytes.set(nonce, COUNTER_AT, counter);
    return primitive.open(nonce, ad, in, offset, length, out, outOffset);
  }

  @Override
  public boolean open(
      long counter, MemorySegment in, long at, int length, byte[] out, int outOffset) {
    if (length < TAG_BYTES) {
      return false;
    }
    counterBytes.set(nonce, COUNTER_AT, counter);
    return primitive.open(nonce, in, at, length, out, outOffset);
  }
}

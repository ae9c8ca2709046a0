package dev.weft.disco;

import dev.weft.base.Entropy;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/// The 12 random bytes by which a pong names its ping. They are opaque; the split into two numbers
/// only makes them cheap to compare.
public record TxId(long high, int low) {
  static final int LENGTH = 12;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  public static TxId random(Entropy entropy) {
    return new TxId(entropy.nextLong(), entropy.nextInt());
  }

  static TxId read(byte[] from, int at) {
    return new TxId((long) LONG.get(from, at), (int) INT.get(from, at + Long.BYTES));
  }

  void write(byte[] to, int at) {
    LONG.set(to, at, high);
    INT.set(to, at + Long.BYTES, low);
  }

  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}

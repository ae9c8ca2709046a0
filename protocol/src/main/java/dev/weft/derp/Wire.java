package dev.weft.derp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Big-endian integers in a byte array.
final class Wire {
  private static final VarHandle INT16 =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT32 =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Wire() {}

  static int int16(byte[] b, int at) {
    return (short) INT16.get(b, at) & 0xffff;
  }

  static int int32(byte[] b, int at) {
    return (int) INT32.get(b, at);
  }

  static long int64(byte[] b, int at) {
    return (long) INT64.get(b, at);
  }

  static void putInt16(byte[] b, int at, int value) {
    INT16.set(b, at, (short) value);
  }

  static void putInt32(byte[] b, int at, int value) {
    INT32.set(b, at, value);
  }

  static void putInt64(byte[] b, int at, long value) {
    INT64.set(b, at, value);
  }
}

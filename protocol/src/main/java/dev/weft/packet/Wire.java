package dev.weft.packet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Network-order access to a byte array.
final class Wire {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Wire() {}

  static int u8(byte[] a, int at) {
    return a[at] & 0xff;
  }

  static int u16(byte[] a, int at) {
    return (short) SHORT.get(a, at) & 0xffff;
  }

  static int i32(byte[] a, int at) {
    return (int) INT.get(a, at);
  }

  static long i64(byte[] a, int at) {
    return (long) LONG.get(a, at);
  }

  static void put16(byte[] a, int at, int value) {
    SHORT.set(a, at, (short) value);
  }

  static void put32(byte[] a, int at, int value) {
    INT.set(a, at, value);
  }

  static void put64(byte[] a, int at, long value) {
    LONG.set(a, at, value);
  }
}

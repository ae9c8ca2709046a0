package dev.weft.stun;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The header and numbers that requests and responses share.
public final class Stun {
  /// Where a relay listens when its map entry names no port.
  public static final int DEFAULT_PORT = 3478;

  static final int HEADER_LENGTH = 20;
  static final int ATTRIBUTE_HEADER_LENGTH = 4;
  static final int TRANSACTION_ID_LENGTH = 12;
  static final int MAGIC_COOKIE = 0x2112a442;

  static final int TYPE_AT = 0;
  static final int LENGTH_AT = 2;
  static final int COOKIE_AT = 4;
  static final int TRANSACTION_ID_AT = 8;

  static final int MAPPED_ADDRESS = 0x0001;
  static final int XOR_MAPPED_ADDRESS = 0x0020;
  static final int SOFTWARE = 0x8022;
  static final int FINGERPRINT = 0x8028;

  /// XOR-MAPPED-ADDRESS in the comprehension-optional range, which some old servers send.
  static final int XOR_MAPPED_ADDRESS_OPTIONAL = 0x8020;

  private static final VarHandle INT16 =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT32 =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Stun() {}

  /// Whether a datagram on a shared socket is STUN. The cookie keeps it apart from WireGuard (whose
  /// bytes 4 to 7 are an index) in all but one of four thousand million cases, and from disco.
  public static boolean isStun(byte[] b, int offset, int length) {
    return length >= HEADER_LENGTH
        && (b[offset] & 0xc0) == 0
        && int32(b, offset + COOKIE_AT) == MAGIC_COOKIE;
  }

  static void writeHeader(byte[] b, int type, int attributesLength, TransactionId id) {
    putInt16(b, TYPE_AT, type);
    putInt16(b, LENGTH_AT, attributesLength);
    putInt32(b, COOKIE_AT, MAGIC_COOKIE);
    id.write(b, TRANSACTION_ID_AT);
  }

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

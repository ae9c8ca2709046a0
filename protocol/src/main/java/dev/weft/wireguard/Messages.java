package dev.weft.wireguard;

import dev.weft.base.Datagrams;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Where the fields of the four messages are (`docs/protocol/dataplane.md` §1.2). A type is one
/// byte and three zero bytes, read as one little-endian number.
final class Messages {
  static final int INITIATION = 1;
  static final int RESPONSE = 2;
  static final int COOKIE_REPLY = 3;
  static final int TRANSPORT = 4;

  static final int INITIATION_LENGTH = 148;
  static final int RESPONSE_LENGTH = 92;
  static final int COOKIE_REPLY_LENGTH = 64;

  /// All messages: the type.
  static final int TYPE = 0;

  /// Initiation and response: our own index.
  static final int SENDER = 4;

  /// Cookie reply and transport: the index of the one addressed.
  static final int RECEIVER = 4;

  static final int INITIATION_EPHEMERAL = 8;
  static final int INITIATION_STATIC = 40;
  static final int INITIATION_TIMESTAMP = 88;

  static final int RESPONSE_RECEIVER = 8;
  static final int RESPONSE_EPHEMERAL = 12;
  static final int RESPONSE_EMPTY = 44;

  static final int COOKIE_NONCE = 8;
  static final int COOKIE_SEALED = 32;

  static final int COUNTER = 8;
  static final int TRANSPORT_HEADER = 16;

  /// What sealing adds to an IP packet; also the length of a keepalive, the smallest transport
  /// message.
  static final int TRANSPORT_OVERHEAD = TRANSPORT_HEADER + 16;

  static final int MAC = 16;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfInt INT_OUTSIDE =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG_OUTSIDE =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Messages() {}

  /// The type of datagram `index`, if the length fits it; otherwise zero.
  static int typeOf(Datagrams datagrams, int index) {
    int length = datagrams.length(index);
    if (length < TRANSPORT_OVERHEAD) {
      return 0;
    }
    int type = datagrams.intAt(datagrams.offset(index) + TYPE);
    boolean fits =
        switch (type) {
          case INITIATION -> length == INITIATION_LENGTH;
          case RESPONSE -> length == RESPONSE_LENGTH;
          case COOKIE_REPLY -> length == COOKIE_REPLY_LENGTH;
          case TRANSPORT -> true;
          default -> false;
        };
    return fits ? type : 0;
  }

  /// Writes the header of a transport message to memory that may be outside the heap.
  static void putTransportHeader(MemorySegment out, long at, int receiver, long counter) {
    out.set(INT_OUTSIDE, at + TYPE, TRANSPORT);
    out.set(INT_OUTSIDE, at + RECEIVER, receiver);
    out.set(LONG_OUTSIDE, at + COUNTER, counter);
  }

  static int getInt(byte[] array, int at) {
    return (int) INT.get(array, at);
  }

  static void putInt(byte[] array, int at, int value) {
    INT.set(array, at, value);
  }

  static long getLong(byte[] array, int at) {
    return (long) LONG.get(array, at);
  }

  static void putLong(byte[] array, int at, long value) {
    LONG.set(array, at, value);
  }
}

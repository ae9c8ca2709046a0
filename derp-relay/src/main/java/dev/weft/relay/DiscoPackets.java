package dev.weft.relay;

import io.netty.buffer.ByteBuf;

/// Tells disco from the rest by its magic (`docs/protocol/dataplane.md §2.1`), which is all a relay
/// can see of a packet.
final class DiscoPackets {
  // "TS" and a speech balloon, in UTF-8.
  private static final int MAGIC_HEAD = 0x5453f09f;
  private static final short MAGIC_TAIL = (short) 0x92ac;

  /// Magic, sender and nonce.
  private static final int MIN_LENGTH = 6 + 32 + 24;

  private DiscoPackets() {}

  /// @param packetAt where the packet begins, from the reader index on
  static boolean isDisco(ByteBuf frame, int packetAt) {
    int at = frame.readerIndex() + packetAt;
    return frame.readableBytes() - packetAt >= MIN_LENGTH
        && frame.getInt(at) == MAGIC_HEAD
        && frame.getShort(at + 4) == MAGIC_TAIL;
  }
}

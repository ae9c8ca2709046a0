package dev.weft.derp;

import dev.weft.keys.NodeKey;

/// Packet frames as bytes, for those who carry packets and need no records.
///
/// SendPacket and RecvPacket differ in their type byte and in whose key stands in front of the
/// packet. So a relay forwards by rewriting [#KEY_END] bytes in place.
public final class PacketFrames {
  /// Where the key begins, from the start of the frame.
  public static final int KEY_AT = FrameHeader.LENGTH;

  /// Where the key ends and the packet begins.
  public static final int KEY_END = KEY_AT + NodeKey.BYTES;

  private PacketFrames() {}

  /// Writes what stands before a packet of `packetLength` bytes: type, length and key.
  public static void writePrefix(byte[] b, int at, FrameType type, NodeKey key, int packetLength) {
    new FrameHeader(type, NodeKey.BYTES + packetLength).write(b, at);
    key.copyTo(b, at + KEY_AT);
  }
}

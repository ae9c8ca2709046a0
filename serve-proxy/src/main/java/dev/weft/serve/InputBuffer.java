package dev.weft.serve;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// Bytes that a connection has received and nobody has understood yet. The reader decides when to
/// ask for more, so this is as large as one read and what was left of the one before.
final class InputBuffer {
  private ByteBuf bytes = Unpooled.EMPTY_BUFFER;

  /// Takes over `more`.
  void add(ByteBuf more) {
    if (!bytes.isReadable()) {
      bytes.release();
      bytes = more;
      return;
    }
    ByteBuf merged = more.alloc().buffer(bytes.readableBytes() + more.readableBytes());
    merged.writeBytes(bytes).writeBytes(more);
    bytes.release();
    more.release();
    bytes = merged;
  }

  ByteBuf bytes() {
    return bytes;
  }

  int size() {
    return bytes.readableBytes();
  }

  /// Hands the rest over to the caller.
  ByteBuf takeAll() {
    ByteBuf all = bytes;
    bytes = Unpooled.EMPTY_BUFFER;
    return all;
  }

  /// Frees the memory of what was understood.
  void trim() {
    if (!bytes.isReadable()) {
      release();
    }
  }

  void release() {
    bytes.release();
    bytes = Unpooled.EMPTY_BUFFER;
  }
}

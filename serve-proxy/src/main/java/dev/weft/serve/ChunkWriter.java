package dev.weft.serve;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;

/// Writes pieces of a body as chunks (RFC 9112 §7.1).
final class ChunkWriter {
  private static final ByteBuf CRLF =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer(2).writeByte('\r').writeByte('\n').asReadOnly());

  private ChunkWriter() {}

  /// Takes over `data`, which must not be empty: an empty chunk is the end of the body. Returns how
  /// many bytes were written in all.
  static int write(ChannelHandlerContext ctx, ByteBuf data) {
    String size = Integer.toHexString(data.readableBytes());
    ByteBuf line = ctx.alloc().buffer(size.length() + 2);
    ByteBufUtil.writeAscii(line, size);
    int length = size.length() + 2 + data.readableBytes() + 2;
    ctx.write(line.writeByte('\r').writeByte('\n'));
    ctx.write(data);
    ctx.write(CRLF.duplicate());
    return length;
  }
}

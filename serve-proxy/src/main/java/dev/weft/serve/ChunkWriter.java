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

  /// Takes over `data`, which must not be empty: an empty chunk is the end of the body.
  static void write(ChannelHandlerContext ctx, ByteBuf data) {
    String size = Integer.toHexString(data.readableBytes());
    ByteBuf line = ctx.alloc().buffer(size.length() + 2);
    ByteBufUtil.writeAscii(line, size);
    ctx.write(line.writeByte('\r').writeByte('\n'));
    ctx.write(data);
    ctx.write(CRLF.duplicate());
  }
}

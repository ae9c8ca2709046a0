package dev.weft.transport.ts2021;

import dev.weft.ts2021.Fault;
import dev.weft.ts2021.Frames;
import dev.weft.ts2021.SecureChannel;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Records in, plaintext out. Holds at most one record.
final class RecordDecoder extends ByteToMessageDecoder {
  private final SecureChannel channel;
  private final byte[] record = new byte[Frames.MAX_RECORD_BYTES];
  private boolean failed;

  RecordDecoder(SecureChannel channel) {
    this.channel = channel;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (failed) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (in.readableBytes() < Frames.HEADER_BYTES) {
      return;
    }
    in.getBytes(in.readerIndex(), record, 0, Frames.HEADER_BYTES);
    @Nullable Fault fault = SecureChannel.checkHeader(record, 0);
    if (fault != null) {
      fail(ctx, in, fault);
      return;
    }
    int length = Frames.length(record, 0);
    if (in.readableBytes() >= length) {
      in.readBytes(record, 0, length);
      open(ctx, in, length, out);
    }
  }

  private void open(ChannelHandlerContext ctx, ByteBuf in, int length, List<Object> out) {
    @Nullable Fault fault = channel.open(record, 0, record, Frames.HEADER_BYTES);
    if (fault != null) {
      fail(ctx, in, fault);
      return;
    }
    int plain = length - SecureChannel.recordLength(0);
    if (plain > 0) {
      out.add(ctx.alloc().buffer(plain).writeBytes(record, Frames.HEADER_BYTES, plain));
    }
  }

  private void fail(ChannelHandlerContext ctx, ByteBuf in, Fault fault) {
    failed = true;
    in.skipBytes(in.readableBytes());
    ctx.fireUserEventTriggered(new RecordFault(fault));
    ctx.close();
  }
}

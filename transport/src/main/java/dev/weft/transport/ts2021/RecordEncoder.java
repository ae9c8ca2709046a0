package dev.weft.transport.ts2021;

import dev.weft.ts2021.Frames;
import dev.weft.ts2021.SecureChannel;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CoalescingBufferQueue;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/// Plaintext in, records out. Writes are gathered until a flush: HTTP/2 writes each frame header
/// alone, and a record costs 19 bytes and a key set-up.
///
/// What is gathered counts towards the channel's writability, so the bound is its high-water mark.
final class RecordEncoder extends ChannelOutboundHandlerAdapter {
  private static final int INITIAL_SLOTS = 16;

  private final SecureChannel channel;
  private @Nullable CoalescingBufferQueue pending;

  RecordEncoder(SecureChannel channel) {
    this.channel = channel;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    pending = new CoalescingBufferQueue(ctx.channel(), INITIAL_SLOTS, true);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    ByteBuf plain = (ByteBuf) message;
    if (pending == null) {
      plain.release();
      promise.setFailure(new ClosedChannelException());
    } else {
      pending.add(plain, promise);
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    sealPending(ctx);
    ctx.flush();
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    flush(ctx);
    ctx.close(promise);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    @Nullable CoalescingBufferQueue left = pending;
    pending = null;
    if (left != null) {
      left.releaseAndFailAll(ctx, new ClosedChannelException());
    }
  }

  private void sealPending(ChannelHandlerContext ctx) {
    @Nullable CoalescingBufferQueue queue = pending;
    while (queue != null && !queue.isEmpty()) {
      ChannelPromise promise = ctx.newPromise();
      ByteBuf plain = queue.remove(SecureChannel.MAX_PLAINTEXT_BYTES, promise);
      ctx.write(plain.isReadable() ? seal(ctx, plain) : plain, promise);
    }
  }

  private ByteBuf seal(ChannelHandlerContext ctx, ByteBuf plain) {
    int length = plain.readableBytes();
    int total = SecureChannel.recordLength(length);
    ByteBuf record = ctx.alloc().heapBuffer(total, total);
    byte[] array = record.array();
    int at = record.arrayOffset();
    plain.readBytes(array, at + Frames.HEADER_BYTES, length);
    plain.release();
    channel.seal(array, at + Frames.HEADER_BYTES, length, array, at);
    return record.writerIndex(total);
  }
}

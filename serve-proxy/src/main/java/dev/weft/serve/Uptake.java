package dev.weft.serve;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/// What is written to a client and how much of it the client takes.
final class Uptake {
  private final ChannelHandlerContext ctx;
  private final BufferShare buffers;
  private final Pace pace = Pace.ofTaker();
  private long written;

  Uptake(ChannelHandlerContext ctx, BufferShare buffers) {
    this.ctx = ctx;
    this.buffers = buffers;
  }

  void write(ByteBuf bytes) {
    written += bytes.readableBytes();
    ctx.write(bytes);
  }

  void writeChunk(ByteBuf data) {
    written += ChunkWriter.write(ctx, data);
  }

  /// Whether anything waits for the client.
  boolean isOwing() {
    ChannelOutboundBuffer waiting = waiting();
    return waiting != null && waiting.totalPendingWriteBytes() > 0;
  }

  void beginWindow() {
    pace.begin(taken());
  }

  /// Whether a client that something waits for took enough in the window that has passed.
  boolean isEnough() {
    return pace.isKept(taken(), buffers.isScarce());
  }

  private long taken() {
    ChannelOutboundBuffer waiting = waiting();
    // A buffer counts as waiting until the whole of it is gone.
    return waiting == null
        ? written
        : written - waiting.totalPendingWriteBytes() + waiting.currentProgress();
  }

  private @Nullable ChannelOutboundBuffer waiting() {
    return ctx.channel().unsafe().outboundBuffer();
  }
}

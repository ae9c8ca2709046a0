package dev.weft.transport.derp;

import dev.weft.derp.Frame;
import dev.weft.derp.FrameFault;
import dev.weft.derp.FrameHeader;
import dev.weft.derp.FrameOutcome;
import dev.weft.derp.FrameType;
import dev.weft.derp.FrameType.Sender;
import dev.weft.derp.HeaderOutcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandler;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Cuts the stream into frames, and writes frames into it.
///
/// Packets come out as slices of what was read; their bytes are in no other slice, so the receiver
/// may overwrite them. Nothing longer than one frame is ever kept, and what is skipped is not kept
/// at all.
public final class DerpFrameCodec extends ByteToMessageDecoder implements ChannelOutboundHandler {
  private final Sender peer;

  /// The frame whose payload is awaited; null between frames.
  private @Nullable FrameHeader awaited;

  private int toSkip;
  private boolean dead;

  /// @param peer what the other end is
  public DerpFrameCodec(Sender peer) {
    this.peer = peer;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (dead) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (toSkip > 0) {
      int n = Math.min(toSkip, in.readableBytes());
      in.skipBytes(n);
      toSkip -= n;
      return;
    }
    FrameHeader header = awaited;
    if (header == null) {
      if (in.readableBytes() < FrameHeader.LENGTH) {
        return;
      }
      int at = in.readerIndex();
      HeaderOutcome outcome = FrameHeader.parse(peer, in.getUnsignedByte(at), in.getInt(at + 1));
      switch (outcome) {
        case FrameHeader read -> header = read;
        case FrameHeader.Skip(int length) -> {
          in.skipBytes(FrameHeader.LENGTH);
          toSkip = length;
          return;
        }
        case FrameFault fault -> {
          fail(ctx, fault);
          return;
        }
      }
      awaited = header;
    }
    if (in.readableBytes() >= FrameHeader.LENGTH + header.length()) {
      awaited = null;
      read(ctx, header, in, out);
    }
  }

  private void read(ChannelHandlerContext ctx, FrameHeader header, ByteBuf in, List<Object> out) {
    if (isPacket(header.type())) {
      out.add(in.readRetainedSlice(FrameHeader.LENGTH + header.length()));
      return;
    }
    in.skipBytes(FrameHeader.LENGTH);
    byte[] payload = ByteBufUtil.getBytes(in, in.readerIndex(), header.length());
    in.skipBytes(header.length());
    FrameOutcome outcome = Frame.parse(header, payload, 0);
    switch (outcome) {
      case Frame frame -> out.add(frame);
      case FrameFault fault -> fail(ctx, fault);
    }
  }

  private static boolean isPacket(FrameType type) {
    return type == FrameType.SEND_PACKET
        || type == FrameType.RECV_PACKET
        || type == FrameType.FORWARD_PACKET;
  }

  private void fail(ChannelHandlerContext ctx, FrameFault fault) {
    dead = true;
    ctx.fireUserEventTriggered(new DerpEvent.Rejected("not a DERP stream: " + fault));
    ctx.close();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    ctx.write(msg instanceof Frame frame ? Unpooled.wrappedBuffer(frame.encode()) : msg, promise);
  }

  @Override
  public void bind(ChannelHandlerContext ctx, SocketAddress local, ChannelPromise promise) {
    ctx.bind(local, promise);
  }

  @Override
  public void connect(
      ChannelHandlerContext ctx,
      SocketAddress remote,
      @Nullable SocketAddress local,
      ChannelPromise promise) {
    ctx.connect(remote, local, promise);
  }

  @Override
  public void disconnect(ChannelHandlerContext ctx, ChannelPromise promise) {
    ctx.disconnect(promise);
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    ctx.close(promise);
  }

  @Override
  public void deregister(ChannelHandlerContext ctx, ChannelPromise promise) {
    ctx.deregister(promise);
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    ctx.read();
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    ctx.flush();
  }
}

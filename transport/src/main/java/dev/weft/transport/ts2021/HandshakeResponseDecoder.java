package dev.weft.transport.ts2021;

import dev.weft.ts2021.ClientHandshake;
import dev.weft.ts2021.Fault;
import dev.weft.ts2021.Frames;
import dev.weft.ts2021.HandshakeOutcome;
import dev.weft.ts2021.SecureChannel;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/// Reads the one frame behind the 101, then leaves its place to the records.
final class HandshakeResponseDecoder extends ByteToMessageDecoder {
  private final ClientHandshake handshake;
  private final Result result;

  HandshakeResponseDecoder(ClientHandshake handshake, Result result) {
    this.handshake = handshake;
    this.result = result;
  }

  /// Who waits for the frame.
  interface Result {
    /// The records begin with the next byte; handlers for them go behind this one.
    void established(SecureChannel channel);

    /// The connection is of no use; the reason is for a user.
    void failed(String reason);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (in.readableBytes() < Frames.HEADER_BYTES) {
      return;
    }
    byte[] header = new byte[Frames.HEADER_BYTES];
    in.getBytes(in.readerIndex(), header);
    int length = Frames.length(header, 0);
    if (length > Frames.MAX_RECORD_BYTES) {
      fail(in, "the server's handshake is too long");
    } else if (in.readableBytes() >= length) {
      byte[] frame = new byte[length];
      in.readBytes(frame);
      finish(ctx, in, handshake.handleResponse(frame));
    }
  }

  private void finish(ChannelHandlerContext ctx, ByteBuf in, HandshakeOutcome outcome) {
    switch (outcome) {
      case HandshakeOutcome.Established(SecureChannel channel) -> {
        result.established(channel);
        ctx.pipeline().remove(this); // passes on what it has read too far
      }
      case HandshakeOutcome.Refused(String text) ->
          fail(in, "the control server refused the connection: " + text);
      case HandshakeOutcome.Failed(Fault fault) ->
          fail(in, "the server does not hold the control key it showed (" + fault + ")");
    }
  }

  private void fail(ByteBuf in, String reason) {
    in.skipBytes(in.readableBytes());
    result.failed(reason);
  }
}

package dev.weft.transport.ts2021;

import dev.weft.ts2021.EarlyPayload;
import dev.weft.ts2021.Fault;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/// Takes an early payload off the beginning of the server's stream, if there is one, and leaves.
/// The challenge in it is answered by no message of 1.103 (`docs/protocol/control.md` §12).
final class EarlyPayloadDecoder extends ByteToMessageDecoder {
  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (in.readableBytes() < EarlyPayload.HEADER_BYTES) {
      return;
    }
    byte[] header = new byte[EarlyPayload.HEADER_BYTES];
    in.getBytes(in.readerIndex(), header);
    if (!EarlyPayload.isHeader(header)) {
      ctx.pipeline().remove(this);
      return;
    }
    int length = EarlyPayload.jsonLength(header);
    if (length < 0) {
      in.skipBytes(in.readableBytes());
      ctx.fireUserEventTriggered(new RecordFault(Fault.BAD_LENGTH));
      ctx.close();
    } else if (in.readableBytes() >= EarlyPayload.HEADER_BYTES + length) {
      in.skipBytes(EarlyPayload.HEADER_BYTES + length);
      ctx.pipeline().remove(this);
    }
  }
}

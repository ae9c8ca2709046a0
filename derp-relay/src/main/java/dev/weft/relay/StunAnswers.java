package dev.weft.relay;

import dev.weft.base.Endpoint;
import dev.weft.stun.BindingRequest;
import dev.weft.stun.BindingResponse;
import dev.weft.stun.RequestOutcome;
import dev.weft.stun.StunDrop;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.LongAdder;

/// Answers STUN, and stays silent to whatever is not a tailnet client's request.
final class StunAnswers extends SimpleChannelInboundHandler<DatagramPacket> {
  /// A request has 40 bytes; a future one may have more attributes.
  private static final int MAX_LENGTH = 512;

  private final LongAdder answered = new LongAdder();
  private final LongAdder dropped = new LongAdder();

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket datagram) {
    int length = datagram.content().readableBytes();
    if (length > MAX_LENGTH) {
      dropped.increment();
      return;
    }
    byte[] bytes = ByteBufUtil.getBytes(datagram.content());
    RequestOutcome outcome = BindingRequest.parse(bytes, 0, length);
    switch (outcome) {
      case BindingRequest request -> answer(ctx, request, datagram.sender());
      case StunDrop _ -> dropped.increment();
    }
  }

  private void answer(ChannelHandlerContext ctx, BindingRequest request, InetSocketAddress to) {
    answered.increment();
    byte[] response = new BindingResponse(request.id(), Endpoint.of(to)).encode();
    ctx.write(new DatagramPacket(Unpooled.wrappedBuffer(response), to), ctx.voidPromise());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  /// A datagram that could not be sent is lost, as datagrams are.
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    dropped.increment();
  }

  long answered() {
    return answered.sum();
  }

  long dropped() {
    return dropped.sum();
  }
}

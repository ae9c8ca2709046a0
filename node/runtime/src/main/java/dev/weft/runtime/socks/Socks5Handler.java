package dev.weft.runtime.socks;

import dev.weft.base.Ip;
import dev.weft.runtime.loop.ChannelRelay;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.runtime.loop.Paused;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.socksx.v5.DefaultSocks5CommandResponse;
import io.netty.handler.codec.socksx.v5.DefaultSocks5InitialResponse;
import io.netty.handler.codec.socksx.v5.Socks5AddressType;
import io.netty.handler.codec.socksx.v5.Socks5AuthMethod;
import io.netty.handler.codec.socksx.v5.Socks5CommandRequest;
import io.netty.handler.codec.socksx.v5.Socks5CommandRequestDecoder;
import io.netty.handler.codec.socksx.v5.Socks5CommandStatus;
import io.netty.handler.codec.socksx.v5.Socks5CommandType;
import io.netty.handler.codec.socksx.v5.Socks5InitialRequest;
import io.netty.handler.codec.socksx.v5.Socks5InitialRequestDecoder;
import io.netty.handler.codec.socksx.v5.Socks5Message;
import io.netty.handler.codec.socksx.v5.Socks5ServerEncoder;
import io.netty.util.ReferenceCountUtil;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;

/// The dialogue of one SOCKS5 client: its offer of methods, its request, our reply, then bytes (RFC
/// 1928 §3, §4, §6), or a socket for its datagrams (§7).
final class Socks5Handler extends ChannelInboundHandlerAdapter {
  private final NodeLoop loop;
  private final Dialer dialer;
  private final UdpAssociation.Budget budget;
  private final Queue<Object> early =
      new ArrayDeque<>(); // bounded: reading is off once the request is there

  private Socks5Handler(NodeLoop loop, Dialer dialer, UdpAssociation.Budget budget) {
    this.loop = loop;
    this.dialer = dialer;
    this.budget = budget;
  }

  /// Appends what a SOCKS5 connection needs to its pipeline.
  static void install(NodeLoop loop, Channel channel, Dialer dialer, UdpAssociation.Budget budget) {
    channel
        .pipeline()
        .addLast(
            new Socks5InitialRequestDecoder(),
            Socks5ServerEncoder.DEFAULT,
            new Socks5Handler(loop, dialer, budget));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    switch (message) {
      case Socks5Message broken when broken.decoderResult().isFailure() -> context.close();
      case Socks5InitialRequest offer -> answer(context, offer);
      case Socks5CommandRequest request -> answer(context, request);
      default -> early.add(message); // sent without waiting for our reply
    }
  }

  private static void answer(ChannelHandlerContext context, Socks5InitialRequest offer) {
    if (!offer.authMethods().contains(Socks5AuthMethod.NO_AUTH)) {
      context
          .writeAndFlush(new DefaultSocks5InitialResponse(Socks5AuthMethod.UNACCEPTED))
          .addListener(ChannelFutureListener.CLOSE);
      return;
    }
    context.writeAndFlush(new DefaultSocks5InitialResponse(Socks5AuthMethod.NO_AUTH));
    context
        .pipeline()
        .replace(Socks5InitialRequestDecoder.class, null, new Socks5CommandRequestDecoder());
  }

  private void answer(ChannelHandlerContext context, Socks5CommandRequest request) {
    if (request.type().equals(Socks5CommandType.UDP_ASSOCIATE)) {
      associate(context, request);
      return;
    }
    if (!request.type().equals(Socks5CommandType.CONNECT)) {
      refuse(context, Socks5CommandStatus.COMMAND_UNSUPPORTED);
      return;
    }
    OpeningTimeout.requestRead(context.pipeline());
    context.channel().config().setAutoRead(false); // until there is somebody to read for

    dialer
        .dial(request.dstAddr(), request.dstPort(), new Paused())
        .addListener(dialled -> {
          if (dialled.isSuccess()) {
            connected(context, (Channel) dialled.getNow());
          } else {
            refuse(context, DialFailure.of(dialled.cause()).socksStatus());
          }
        });
  }

  /// The connection now only says how long the association lasts. What the client still writes on
  /// it has no meaning.
  private void associate(ChannelHandlerContext context, Socks5CommandRequest request) {
    Channel client = context.channel();
    OpeningTimeout.requestRead(context.pipeline());
    ChannelFuture bound = UdpAssociation.open(loop, client, request.dstPort(), dialer, budget);
    bound.addListener(_ -> {
      if (!bound.isSuccess()) {
        refuse(context, Socks5CommandStatus.FAILURE);
        return;
      }
      InetSocketAddress here = (InetSocketAddress) bound.channel().localAddress();
      client.pipeline().addLast(new Discard());
      client.pipeline().remove(Socks5CommandRequestDecoder.class);
      context.writeAndFlush(
          new DefaultSocks5CommandResponse(
              Socks5CommandStatus.SUCCESS,
              here.getAddress() instanceof Inet4Address
                  ? Socks5AddressType.IPv4
                  : Socks5AddressType.IPv6,
              Ip.of(here.getAddress()).toString(),
              here.getPort()));
      client.pipeline().remove(this);
    });
  }

  private static final class Discard extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  private void connected(ChannelHandlerContext context, Channel server) {
    Channel client = context.channel();
    if (!client.isActive()) {
      server.close();
      return;
    }
    context
        .writeAndFlush(reply(Socks5CommandStatus.SUCCESS))
        .addListener(_ -> {
          client.pipeline().remove(Socks5ServerEncoder.DEFAULT);
          ChannelRelay.join(client, server);
          early.forEach(context::fireChannelRead);
          early.clear();
          context.fireChannelReadComplete();
          client.pipeline().remove(Socks5CommandRequestDecoder.class);
          client.pipeline().remove(this);
        });
  }

  private static void refuse(ChannelHandlerContext context, Socks5CommandStatus status) {
    context.writeAndFlush(reply(status)).addListener(ChannelFutureListener.CLOSE);
  }

  /// The bound address is of no use to clients of a CONNECT, and a tailnet address would confuse
  /// some.
  private static DefaultSocks5CommandResponse reply(Socks5CommandStatus status) {
    return new DefaultSocks5CommandResponse(status, Socks5AddressType.IPv4, "0.0.0.0", 0);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    early.forEach(ReferenceCountUtil::release);
    early.clear();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}

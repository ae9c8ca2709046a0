package dev.weft.runtime.service;

import dev.weft.base.Ip;
import dev.weft.runtime.loop.NodeLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Predicate;

/// Passes datagrams from peers on to 127.0.0.1 at the same port, and the answers back: one local
/// socket per peer address and own port, closed when nothing has moved for two minutes
/// (`docs/protocol/dataplane.md §8`). Lives on the node loop.
final class UdpForwarding {
  /// The sockets at one time; the one that was used longest ago makes room.
  private static final int MAX_FLOWS = 1024;

  /// Of one address, where its own longest unused makes room: a peer that sends from one port after
  /// the other does not end the flows of the others.
  static final int MAX_FLOWS_OF_A_PEER = 256;

  private static final int IDLE_SECONDS = 120;
  private static final int DNS_IDLE_SECONDS = 30;
  private static final int DNS_PORT = 53;
  private static final int MAX_DATAGRAM = 65_535;

  private record Key(InetSocketAddress local, InetSocketAddress remote) {}

  private record Socket(Channel channel, ChannelFuture connected) {}

  private final NodeLoop loop;
  private final TailnetStack stack;
  private final LinkedHashMap<Key, Socket> flows = new LinkedHashMap<>(16, 0.75f, true);
  private final PeerShares shares = new PeerShares(MAX_FLOWS_OF_A_PEER);

  UdpForwarding(NodeLoop loop, TailnetStack stack) {
    this.loop = loop;
    this.stack = stack;
  }

  /// Takes the payload over.
  void forward(InetSocketAddress local, InetSocketAddress remote, ByteBuf payload) {
    Key key = new Key(local, remote);
    Socket known = flows.get(key);
    Socket socket = known == null ? open(key) : known;
    socket
        .connected()
        .addListener(_ -> socket.channel().writeAndFlush(payload)); // releases it when that failed
  }

  private Socket open(Key key) {
    InetAddress peer = key.remote().getAddress();
    if (shares.isSpent(peer)) {
      endOldest(k -> k.remote().getAddress().equals(peer));
    } else if (flows.size() >= MAX_FLOWS) {
      endOldest(_ -> true);
    }
    int idle = key.local().getPort() == DNS_PORT ? DNS_IDLE_SECONDS : IDLE_SECONDS;
    InetSocketAddress backend =
        new InetSocketAddress(Ip.parse("127.0.0.1").toInetAddress(), key.local().getPort());
    ChannelFuture connected =
        new Bootstrap()
            .group(loop.eventLoop())
            .channel(loop.transport().datagramChannel())
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .config()
                        .setRecvByteBufAllocator(new FixedRecvByteBufAllocator(MAX_DATAGRAM));
                    channel.pipeline().addLast(new IdleStateHandler(0, 0, idle), new Answers(key));
                  }
                })
            .connect(backend);
    Channel channel = connected.channel();
    Socket socket = new Socket(channel, connected);
    flows.put(key, socket);
    shares.take(peer);
    channel.closeFuture().addListener(_ -> forget(key, socket));
    connected.addListener(f -> {
      if (!f.isSuccess()) {
        channel.close();
      }
    });
    return socket;
  }

  private void endOldest(Predicate<Key> which) {
    flows.entrySet().stream()
        .filter(flow -> which.test(flow.getKey()))
        .findFirst()
        .ifPresent(flow -> {
          forget(flow.getKey(), flow.getValue());
          flow.getValue().channel().close();
        });
  }

  private void forget(Key key, Socket socket) {
    if (flows.remove(key, socket)) {
      shares.release(key.remote().getAddress());
    }
  }

  void close() {
    List.copyOf(flows.values()).forEach(socket -> socket.channel().close());
  }

  private final class Answers extends SimpleChannelInboundHandler<DatagramPacket> {
    private final Key key;

    Answers(Key key) {
      this.key = key;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket answer) {
      stack.sendDatagram(key.local(), key.remote(), answer.content().retain());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof IdleStateEvent) {
        context.close();
      }
    }

    /// Nobody there: the kernel says so with the next call, and the peer is told. The original
    /// leaves it to a timeout (`docs/protocol/dataplane.md §8`).
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (cause instanceof PortUnreachableException) {
        stack.refuseDatagram(key.local(), key.remote());
      }
      context.close();
    }
  }
}
